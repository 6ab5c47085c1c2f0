package notary

import (
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"
)

// Standing is how the rollback alarm stands on this server.
type Standing struct {
	Size        int64     // entries that the kept checkpoint covers
	At          time.Time // when it was kept; zero without any
	Witnesses   int       // that are asked
	WitnessedAt time.Time // when one signed last; zero when none has
}

// Standing reads the checkpoint kept outside of the database.
func (n *Notary) Standing(origin string) (s Standing, err error) {
	s.Witnesses = len(n.Witnesses)
	if info, err := os.Stat(n.seen(origin)); err == nil {
		s.WitnessedAt = info.ModTime()
	}
	info, err := os.Stat(n.kept(origin))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	text, err := os.ReadFile(n.kept(origin))
	if err != nil {
		return s, err
	}
	s.At = info.ModTime()
	lines := strings.SplitN(string(text), "\n", 3)
	if len(lines) < 3 {
		return s, errors.New("the kept checkpoint is cut off")
	}
	s.Size, err = strconv.ParseInt(lines[1], 10, 64)
	return s, err
}
