package httpx

import "context"

type recognisedKey struct{}

// Watching gives a context in which Recognise can note who the caller is; one
// that can already stays as it is.
func Watching(ctx context.Context) context.Context {
	if _, ok := ctx.Value(recognisedKey{}).(*string); ok {
		return ctx
	}
	return context.WithValue(ctx, recognisedKey{}, new(string))
}

// Recognise notes the account that the request's secret stands for.
func Recognise(ctx context.Context, account string) {
	if seen, ok := ctx.Value(recognisedKey{}).(*string); ok {
		*seen = account
	}
}

// Recognised is the account that was noted for the request; "" for nobody.
func Recognised(ctx context.Context) string {
	if seen, ok := ctx.Value(recognisedKey{}).(*string); ok {
		return *seen
	}
	return ""
}
