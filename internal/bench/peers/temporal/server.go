package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	v12 "go.temporal.io/server/schema/postgresql/v12"
	"go.temporal.io/server/temporal"
	"go.temporal.io/server/tools/common/schema"
	sqltool "go.temporal.io/server/tools/sql"
	"google.golang.org/protobuf/types/known/durationpb"
)

// start runs all services of Temporal in this process, as its own
// development server does, but on Postgres: that one keeps its state in SQLite.
func start(ctx context.Context, address string) (server temporal.Server, frontend string, err error) {
	kept, shown, err := stores(ctx, address)
	if err != nil {
		return nil, "", err
	}
	c, frontend, err := settings(kept, shown)
	if err != nil {
		return nil, "", err
	}
	// One partition of the task queue: one process has no use for four.
	one := []dynamicconfig.ConstrainedValue{{Value: 1}}
	server, err = temporal.NewServer(temporal.WithConfig(c), temporal.ForServices(temporal.DefaultServices), temporal.WithLogger(log.NewNoopLogger()),
		temporal.WithDynamicConfigClient(dynamicconfig.StaticClient{
			dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  one,
			dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): one,
		}))
	if err == nil {
		err = server.Start()
	}
	return server, frontend, err
}

// stores makes its two schemas, one database each.
func stores(ctx context.Context, address string) (kept, shown *config.SQL, err error) {
	parsed, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, nil, err
	}
	c, err := pgx.ConnectConfig(ctx, parsed)
	if err != nil {
		return nil, nil, err
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, "CREATE DATABASE "+parsed.Database+"_shown"); err != nil {
		return nil, nil, err
	}
	store := func(database string, conns int) *config.SQL {
		return &config.SQL{PluginName: postgresql.PluginNamePGX, DatabaseName: database, ConnectAddr: fmt.Sprintf("%s:%d", parsed.Host, parsed.Port), ConnectProtocol: "tcp",
			User: parsed.User, Password: parsed.Password, MaxConns: conns, MaxIdleConns: conns, MaxConnLifetime: time.Hour}
	}
	kept, shown = store(parsed.Database, 20), store(parsed.Database+"_shown", 5)
	for _, s := range []struct {
		store         *config.SQL
		name, version string
	}{{kept, "postgresql/v12/temporal", v12.Version}, {shown, "postgresql/v12/visibility", v12.VisibilityVersion}} {
		db, err := sqltool.NewConnection(s.store, log.NewNoopLogger())
		if err != nil {
			return nil, nil, err
		}
		err = schema.NewSetupSchemaTask(db, &schema.SetupConfig{SchemaName: s.name, InitialVersion: s.version}, log.NewNoopLogger()).Run()
		db.Close()
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return kept, shown, nil
}

func settings(kept, shown *config.SQL) (*config.Config, string, error) {
	ports, err := freePorts(8)
	if err != nil {
		return nil, "", err
	}
	frontend := fmt.Sprintf("127.0.0.1:%d", ports[0])
	c := &config.Config{
		Persistence: config.Persistence{DefaultStore: "kept", VisibilityStore: "shown", NumHistoryShards: 4,
			DataStores: map[string]config.DataStore{"kept": {SQL: kept}, "shown": {SQL: shown}}},
		ClusterMetadata: &cluster.Config{FailoverVersionIncrement: 10, MasterClusterName: "active", CurrentClusterName: "active",
			ClusterInformation: map[string]cluster.ClusterInformation{"active": {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend}}},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services:            map[string]config.Service{},
		Archival:            config.Archival{History: config.HistoryArchival{State: "disabled"}, Visibility: config.VisibilityArchival{State: "disabled"}},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History: config.HistoryArchivalNamespaceDefaults{State: "disabled"}, Visibility: config.VisibilityArchivalNamespaceDefaults{State: "disabled"}}},
		PublicClient: config.PublicClient{HostPort: frontend},
	}
	c.Global.Membership = config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: "127.0.0.1"}
	for i, name := range []string{"frontend", "history", "matching", "worker"} {
		c.Services[name] = config.Service{RPC: config.RPC{GRPCPort: ports[2*i], MembershipPort: ports[2*i+1], BindOnLocalHost: true}}
	}
	return c, frontend, nil
}

func freePorts(n int) (ports []int, err error) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() // all at the end, so that none is given twice
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

// enterNamespace asks until the server takes the namespace and knows it.
func enterNamespace(ctx context.Context, options client.Options) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	c, err := client.NewNamespaceClient(options)
	if err != nil {
		return err
	}
	defer c.Close()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for registered := false; ; {
		if !registered {
			err = c.Register(ctx, &workflowservice.RegisterNamespaceRequest{Namespace: namespace, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour)})
			_, there := err.(*serviceerror.NamespaceAlreadyExists)
			registered = err == nil || there
		} else if _, err = c.Describe(ctx, namespace); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("namespace: %w: %w", ctx.Err(), err)
		case <-tick.C:
		}
	}
}
