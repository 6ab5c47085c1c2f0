package web

import "github.com/gin-gonic/gin"

// mountFieldwork adds the pages of inspections and training.
func (s *Site) mountFieldwork(_ *gin.Engine) {}
