package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// pgbench is Postgres's own program for such measurements.
type pgbench struct {
	path string
	dir  string
	env  []string
}

func newPgbench(dir, address string) (*pgbench, error) {
	path, err := exec.LookPath("pgbench")
	if err != nil {
		found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench") // the pattern is well formed
		if len(found) == 0 {
			return nil, fmt.Errorf("not installed")
		}
		path = found[len(found)-1]
	}
	c, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	// By the environment: nobody reads a password off the list of processes.
	env := append(os.Environ(), "PGHOST="+c.Host, fmt.Sprintf("PGPORT=%d", c.Port), "PGUSER="+c.User, "PGPASSWORD="+c.Password, "PGDATABASE="+c.Database)
	return &pgbench{path, dir, env}, nil
}

func (p *pgbench) contestants() []contestant {
	sets := fmt.Sprintf("\\set id random(1, %d)\n\\set state random(0, 9)\n", plainCases)
	now := strings.NewReplacer("$1", ":id", "$2", ":state", "$3", "0")
	insert := strings.NewReplacer("$1", ":id", "$2", "0")
	return []contestant{
		p.contestant("pgbench-transaction", sets+"BEGIN;\n"+now.Replace(plainUpdate)+";\n"+insert.Replace(plainInsert)+";\nCOMMIT;\n"),
		p.contestant("pgbench-cte", sets+now.Replace(strings.Join(strings.Fields(plainCTE), " "))+";\n"),
	}
}

func (p *pgbench) contestant(name, script string) contestant {
	return contestant{name: name, database: "postgres", run: func(ctx context.Context, clients int, each time.Duration) (sample, error) {
		for try := 1; ; try++ {
			s, err := p.run(ctx, name, script, clients, each)
			if try == 4 || !errors.Is(err, errNoFigure) {
				return s, err
			}
			each *= 2
		}
	}}
}

// errNoFigure is said when a machine was so busy that pgbench spent its time
// connecting; it is then given twice the time.
var errNoFigure = errors.New("pgbench says no figure")

// run lets pgbench write a log with a line for each transaction.
func (p *pgbench) run(ctx context.Context, name, script string, clients int, each time.Duration) (s sample, err error) {
	dir, err := os.MkdirTemp(p.dir, name)
	if err != nil {
		return s, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "script")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		return s, err
	}
	seconds := max(1, int(math.Round(each.Seconds())))
	cmd := exec.CommandContext(ctx, p.path, "--no-vacuum", "--protocol=prepared", "--client="+strconv.Itoa(clients), "--jobs="+strconv.Itoa(min(2, clients)),
		"--time="+strconv.Itoa(seconds), "--file="+file, "--log", "--log-prefix="+filepath.Join(dir, "log"))
	cmd.Env = p.env
	text, err := cmd.CombinedOutput()
	if err != nil {
		return s, fmt.Errorf("pgbench: %w: %s", err, text)
	}
	times, err := readLog(dir)
	if err != nil {
		return s, err
	}
	// Connecting is not counted: pgbench says what it reached without.
	_, rest, _ := strings.Cut(string(text), "tps = ")
	tps, err := strconv.ParseFloat(strings.Fields(rest + " ?")[0], 64)
	if err != nil || tps <= 0 {
		return s, fmt.Errorf("%w: %s", errNoFigure, text)
	}
	return sampleOf(times, time.Duration(float64(len(times))/tps*float64(time.Second))), nil
}

// readLog reads how long each transaction took: the third word of its line.
func readLog(dir string) (times []time.Duration, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "log*"))
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			if words := strings.Fields(lines.Text()); len(words) > 2 {
				if n, err := strconv.ParseInt(words[2], 10, 64); err == nil {
					times = append(times, time.Duration(n)*time.Microsecond)
				}
			}
		}
		f.Close()
		if err := lines.Err(); err != nil {
			return nil, err
		}
	}
	return times, nil
}
