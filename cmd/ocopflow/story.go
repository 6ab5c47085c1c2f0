package main

type storyCmd struct {
	database
	JSON bool `help:"Print JSON."`
}

func (storyCmd) Run(w world) error { return nil }
