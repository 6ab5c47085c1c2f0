package app

import (
	"math"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"

	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/store"
)

// Rates bound how often requests come. Zero is the default, a negative number
// no bound.
type Rates struct {
	Anonymous float64 // a second from one address, of those who are not signed in
	SignedIn  float64 // a second of one session or token
}

// What an office does in a second or two is let through at once.
const (
	anonymousRate = 20
	signedInRate  = 200
	bursts        = 10 // seconds' worth
	maxBuckets    = 20_000
)

// limits are the buckets of addresses and of secrets that were recognised.
type limits struct {
	anonymous, signedIn rate.Limit

	mu      sync.Mutex
	buckets map[string]*bucket
}

type bucket struct {
	*rate.Limiter
	used time.Time
}

func newLimits(r Rates) *limits {
	limit := func(asked, usual float64) rate.Limit {
		switch {
		case asked < 0:
			return rate.Inf
		case asked == 0:
			return rate.Limit(usual)
		}
		return rate.Limit(asked)
	}
	return &limits{anonymous: limit(r.Anonymous, anonymousRate), signedIn: limit(r.SignedIn, signedInRate), buckets: map[string]*bucket{}}
}

// handle answers 429 to who comes too often. A secret counts for itself once it
// was recognised; until then its request is one of the address.
func (l *limits) handle(c *gin.Context) {
	path := c.Request.URL.Path
	if path == "/healthz" || path == "/readyz" || strings.HasPrefix(path, "/assets/") {
		return
	}
	key, limit := "address "+c.ClientIP(), l.anonymous
	own := ""
	if secret := httpx.Secret(c.Request); secret != "" {
		own = "secret " + store.SHA256(secret)
		if l.knows(own) {
			key, limit = own, l.signedIn
		}
	}
	if wait := l.take(key, limit); wait > 0 {
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		httpx.WriteProblem(c.Writer, c.Request, fault.New(fault.TooMany, "too_many", "Quá nhiều yêu cầu; hãy đợi một lát rồi thử lại.", "Too many requests; wait a moment and try again."))
		c.Abort()
		return
	}
	c.Request = c.Request.WithContext(httpx.Watching(c.Request.Context()))
	watched := c.Request.Context()
	c.Next()
	if own != "" && httpx.Recognised(watched) != "" {
		l.take(own, l.signedIn)
	}
}

func (l *limits) knows(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buckets[key] != nil
}

// take takes one from a bucket and gives the time to wait when it is empty.
func (l *limits) take(key string, limit rate.Limit) time.Duration {
	if limit == rate.Inf && !strings.HasPrefix(key, "secret ") {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	b := l.buckets[key]
	if b == nil {
		l.tidy(now)
		b = &bucket{Limiter: rate.NewLimiter(limit, int(min(math.MaxInt32, math.Ceil(float64(limit)*bursts))))}
		l.buckets[key] = b
	}
	b.used = now
	r := b.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// tidy makes room: buckets that were not used for as long as they take to fill
// again say nothing, and of too many the oldest half goes.
func (l *limits) tidy(now time.Time) {
	if len(l.buckets) < maxBuckets {
		return
	}
	for age := bursts * time.Second; len(l.buckets) >= maxBuckets/2 && age > 0; age -= 2 * time.Second {
		for key, b := range l.buckets {
			if now.Sub(b.used) >= age {
				delete(l.buckets, key)
			}
		}
	}
	if len(l.buckets) >= maxBuckets {
		clear(l.buckets)
	}
}

// fromTrusted takes away what a request says about a proxy in front of us,
// unless it comes from one that is trusted.
func fromTrusted(trusted []*net.IPNet) gin.HandlerFunc {
	return func(c *gin.Context) {
		ip := net.ParseIP(c.RemoteIP())
		for _, n := range trusted {
			if ip != nil && n.Contains(ip) {
				return
			}
		}
		for name := range c.Request.Header {
			if name == "Forwarded" || name == "X-Real-Ip" || strings.HasPrefix(name, "X-Forwarded-") {
				c.Request.Header.Del(name)
			}
		}
	}
}

// networks reads addresses and CIDR ranges.
func networks(list []string) (out []*net.IPNet, err error) {
	for _, text := range list {
		if !strings.Contains(text, "/") {
			if ip := net.ParseIP(text); ip != nil && ip.To4() != nil {
				text += "/32"
			} else {
				text += "/128"
			}
		}
		_, n, err := net.ParseCIDR(text)
		if err != nil {
			return nil, fault.New(fault.Invalid, "proxy_wrong", "Địa chỉ proxy không hợp lệ: "+text, "Not an address or range of a proxy: "+text)
		}
		out = append(out, n)
	}
	return out, nil
}
