package accounts

import (
	"context"
	"strings"
	"time"

	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Sessions lists where the account is signed in.
func (p *People) Sessions(ctx context.Context, s Session) ([]store.Credential, error) {
	return store.Credentials(ctx, p.DB, s.Actor.ID, KindSession, time.Now())
}

// SignOutEverywhere ends all sessions of the account, this one too.
func (p *People) SignOutEverywhere(ctx context.Context, s Session) error {
	return p.secure(ctx, s.Account, "sign_out_everywhere", nil, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := store.DeleteSessions(ctx, tx, s.Account.ID, "")
		return err
	})
}

// Browser names the kind of program that a User-Agent header tells of, and
// nothing that would tell one person's from another's.
func Browser(agent string) string {
	for _, known := range [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"coc_coc", "Cốc Cốc"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}} {
		if strings.Contains(agent, known[0]) {
			return known[1]
		}
	}
	return ""
}
