package httpx

import "context"

type recognisedKey struct{}

// Watching gives a context in which Recognise can note that the caller is known.
func Watching(ctx context.Context) context.Context {
	return context.WithValue(ctx, recognisedKey{}, new(bool))
}

// Recognise notes that the request's secret stands for somebody.
func Recognise(ctx context.Context) {
	if seen, ok := ctx.Value(recognisedKey{}).(*bool); ok {
		*seen = true
	}
}

// Recognised reports whether Recognise was called for the request.
func Recognised(ctx context.Context) bool {
	seen, ok := ctx.Value(recognisedKey{}).(*bool)
	return ok && *seen
}
