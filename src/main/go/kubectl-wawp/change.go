package main

import (
	"bufio"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

const (
	pairAnnotation    = "wawp.net/pair"
	restartAnnotation = "wawp.net/restart"
	pollAnnotation    = "wawp.net/requestedAt"

	// restartRefused is how the message of Ready tells that the operator refuses a restart, for example in the hours of rest.
	restartRefused = "The requested restart (annotation wawp.net/restart) is refused"
)

// newToken names one request; no two are the same.
func newToken() string {
	random := make([]byte, 8)
	rand.Read(random)
	return time.Now().UTC().Format("20060102T150405Z-") + hex.EncodeToString(random)
}

func poll(o options) error {
	return request(o, pollAnnotation, func(s session, token string) bool { return s.Status.LastHandledRequestAt == token })
}

func restart(o options) error {
	s, err := o.kubectl.session(o.name)
	if err != nil {
		return err
	}
	switch {
	case s.Spec.Suspend:
		return fmt.Errorf("%s is suspended; kubectl wawp resume %s first", o.name, o.name)
	case s.Spec.DesiredState != "Running":
		return fmt.Errorf("%s should be %s; only a session that should be Running can be restarted", o.name, printable(s.Spec.DesiredState))
	}
	var last session
	err = request(o, restartAnnotation, func(s session, token string) bool {
		last = s
		return s.Status.LastHandledRestart == token && s.settled()
	})
	switch {
	case err != nil || o.noWait:
		return err
	case strings.Contains(last.condition("Ready").Message, restartRefused):
		return errors.New("nothing was restarted")
	case last.severity() != ready:
		return errors.New("the session is not ready after the restart")
	}
	return nil
}

// request sets an annotation to a new token and waits until the operator has handled it.
func request(o options, annotation string, handled func(s session, token string) bool) error {
	s, err := o.kubectl.session(o.name)
	if err != nil {
		return err
	}
	token := newToken()
	if err := o.kubectl.annotate(s, annotation, token); err != nil {
		return err
	}
	if o.noWait {
		fmt.Println("Requested.")
		return nil
	}
	return await(o, "handled the request", func(s session) bool { return handled(s, token) })
}

func suspend(o options) error { return setSuspend(o, true) }

func resume(o options) error { return setSuspend(o, false) }

func setSuspend(o options, value bool) error {
	s, err := o.kubectl.session(o.name)
	if err != nil {
		return err
	}
	if err := o.kubectl.patch(s, map[string]any{"spec": map[string]any{"suspend": value}}); err != nil {
		return err
	}
	warnOfGit(s, "spec.suspend")
	if o.noWait {
		fmt.Printf("spec.suspend is %t.\n", value)
		return nil
	}
	return await(o, "handled the edit", session.current)
}

// logout gives the pairing up for good, so it takes more than a key press: the id of the instance, typed by the person who means it.
func logout(o options) error {
	s, err := o.kubectl.session(o.name)
	if err != nil {
		return err
	}
	instance := s.instance()
	switch {
	case instance == "":
		return fmt.Errorf("it is not known yet which instance %s is; nothing was changed", o.name)
	case s.Spec.Suspend:
		return fmt.Errorf("%s is suspended; kubectl wawp resume %s first", o.name, o.name)
	case s.Spec.DesiredState == "LoggedOut":
		return fmt.Errorf("%s is declared LoggedOut already; kubectl wawp why %s tells how far it is", o.name, o.name)
	}
	fmt.Printf("This unlinks the phone (%s) from %s for good: a person with the phone must scan a QR code to undo it.\n", dash(s.Status.Account.ID), o.name)
	fmt.Printf("Type the instance id %s to go on: ", printable(instance))
	typed, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	if strings.TrimSpace(typed) != instance {
		return errors.New("that is not the instance id; nothing was changed")
	}
	if err := o.kubectl.patch(s, map[string]any{"spec": map[string]any{"desiredState": "LoggedOut"}}); err != nil {
		return err
	}
	warnOfGit(s, "spec.desiredState")
	if o.noWait {
		fmt.Println("spec.desiredState is LoggedOut.")
		return nil
	}
	var last session
	err = await(o, "logged the session out", func(s session) bool {
		last = s
		return s.current() && s.settled()
	})
	if err == nil && last.severity() != ready {
		return errors.New("the session is not logged out; spec.desiredState stays LoggedOut")
	}
	return err
}

// warnOfGit tells that the change does not last where a tool keeps the resource as Git has it.
func warnOfGit(s session, field string) {
	if tool := s.gitOps(); tool != "" {
		fmt.Printf("%s keeps this resource as Git has it. Change %s there too, or it comes back.\n", tool, field)
	}
}

// await polls the resource until it is as the caller wants, and tells how the session is then.
func await(o options, what string, done func(session) bool) error {
	for deadline := time.Now().Add(o.timeout); ; time.Sleep(time.Second) {
		s, err := o.kubectl.session(o.name)
		if err != nil {
			return err
		}
		if done(s) {
			c := s.condition("Ready")
			fmt.Printf("%s: %s. %s\n", o.name, dash(c.Reason), printable(c.Message))
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the operator has not %s within %s; kubectl wawp why %s tells more", what, o.timeout, o.name)
		}
	}
}
