package httpx

import (
	"ocopflow/internal/fault"
	"ocopflow/internal/sqldb"
)

// FaultOf is what an error is to the one who asked.
func FaultOf(err error) *fault.Error { return fault.Of(sqldb.Fault(err)) }
