package main

import (
	"fmt"
	"io"

	"ocopflow/internal/app"
	"ocopflow/internal/notary"
)

type auditKeyCmd struct {
	database
	All  bool `help:"All keys that were published, with the entry that published each."`
	JSON bool `help:"Print JSON."`
}

// Run prints the key, or the keys in their order.
func (c auditKeyCmd) Run(w world) error {
	keys, err := on(w, c.database, func(a *app.App) ([]notary.PublishedKey, error) {
		if c.All {
			return a.Notary.Keys(w.ctx)
		}
		key, err := a.Notary.Key(w.ctx)
		return []notary.PublishedKey{{Key: key}}, err
	})
	if err != nil {
		return err
	}
	if !c.All {
		return w.print(c.JSON, map[string]string{"key": keys[0].Key}, func(out io.Writer) { fmt.Fprintln(out, keys[0].Key) })
	}
	return w.print(c.JSON, keys, func(out io.Writer) {
		for _, k := range keys {
			fmt.Fprintf(out, "#%d %s\n", k.Since, k.Key)
		}
	})
}

type auditRotateKeyCmd struct {
	database
	Reason  string `required:"" help:"Why the key is replaced; it is kept for good."`
	Destroy bool   `help:"Destroy the old private key in place of keeping it beside the new one."`
	JSON    bool   `help:"Print JSON."`
}

// Run replaces the key and prints the new one.
func (c auditRotateKeyCmd) Run(w world) error {
	k, err := on(w, c.database, func(a *app.App) (notary.PublishedKey, error) { return a.Notary.Rotate(w.ctx, c.Reason, c.Destroy) })
	if err != nil {
		return err
	}
	return w.print(c.JSON, k, func(out io.Writer) { fmt.Fprintln(out, k.Key) })
}
