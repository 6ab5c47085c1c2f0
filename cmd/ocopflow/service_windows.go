package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/mgr"
)

const serviceName = "ocopflow"

// onlyHere are the commands of this system alone.
type onlyHere struct {
	Service struct {
		Install serviceInstall `cmd:"" help:"Let Windows start the server with the machine, and again when it fails."`
		Remove  serviceRemove  `cmd:"" help:"Take the service away; data stay."`
		Start   serviceStart   `cmd:"" help:"Start the service."`
		Stop    serviceStop    `cmd:"" help:"Stop the service."`
	} `cmd:"" help:"Windows service."`
}

type serviceInstall struct{}

// Run has the service run serve with the settings file that this command was given.
func (serviceInstall) Run(w world) error {
	if w.settings == "" {
		return errors.New("say which settings it has: --settings FILE")
	}
	file, err := filepath.Abs(w.settings)
	if err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	m, err := mgr.Connect()
	if err != nil {
		return err
	}
	defer m.Disconnect()
	s, err := m.CreateService(serviceName, program, mgr.Config{DisplayName: "ocopflow", Description: "Workflow and office of the OCOP programme.", StartType: mgr.StartAutomatic}, "serve", "--settings", file)
	if err != nil {
		return fmt.Errorf("install the service: %w", err)
	}
	defer s.Close()
	again := mgr.RecoveryAction{Type: mgr.ServiceRestart, Delay: 5 * time.Second}
	return s.SetRecoveryActions([]mgr.RecoveryAction{again, again, again}, 24*60*60)
}

type serviceRemove struct{}

// Run takes the service away.
func (serviceRemove) Run() error { return withService((*mgr.Service).Delete) }

type serviceStart struct{}

// Run starts it.
func (serviceStart) Run() error {
	return withService(func(s *mgr.Service) error { return s.Start() })
}

type serviceStop struct{}

// Run stops it.
func (serviceStop) Run() error {
	return withService(func(s *mgr.Service) error { _, err := s.Control(svc.Stop); return err })
}

func withService(do func(*mgr.Service) error) error {
	m, err := mgr.Connect()
	if err != nil {
		return err
	}
	defer m.Disconnect()
	s, err := m.OpenService(serviceName)
	if err != nil {
		return err
	}
	defer s.Close()
	return do(s)
}

// asService runs the program for Windows' service manager, if that started it.
func asService(do func(context.Context) int) (code int, was bool) {
	if was, _ = svc.IsWindowsService(); !was { // what cannot be told is no service
		return 0, false
	}
	x := &executed{do: do}
	if err := svc.Run(serviceName, x); err != nil {
		return exitFailed, true
	}
	return x.code, true
}

type executed struct {
	do   func(context.Context) int
	code int
}

// Execute implements svc.Handler: it ends the program as an interrupt does.
func (x *executed) Execute(_ []string, asked <-chan svc.ChangeRequest, tell chan<- svc.Status) (bool, uint32) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	done := make(chan int, 1)
	go func() { done <- x.do(ctx) }()
	tell <- svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown}
	for {
		select {
		case x.code = <-done:
			return x.code != exitDone, uint32(x.code)
		case r := <-asked:
			switch r.Cmd {
			case svc.Interrogate:
				tell <- r.CurrentStatus
			case svc.Stop, svc.Shutdown:
				tell <- svc.Status{State: svc.StopPending}
				stop()
			}
		}
	}
}
