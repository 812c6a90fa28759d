package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// pair requests a way to pair and shows it until somebody has used it.
func pair(o options) (err error) {
	s, err := o.kubectl.session(o.name)
	if err != nil {
		return err
	}
	if err := pairable(s, o); err != nil {
		return err
	}
	if s.Status.Pairing == "Paired" && s.is("Ready") {
		fmt.Printf("%s is paired already, with %s.\n", o.name, dash(s.Status.Account.ID))
		return nil
	}
	if runtime.GOOS == "windows" {
		return errors.New("kubectl wawp pair needs a terminal with an alternate screen, which is not sure to be there on Windows: run it in WSL or on another system")
	}
	// Whoever sees a QR code or a link can attach a phone of his own: neither may end up in a file.
	if info, err := os.Stdout.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return errors.New("kubectl wawp pair shows a QR code, and needs a terminal for that")
	}
	token := newToken()
	if err := o.kubectl.annotate(s, pairAnnotation, token); err != nil {
		return err
	}
	fmt.Println("Requested a QR code. Have the phone ready: WhatsApp, Linked devices, Link a device.")

	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	var screen screen
	defer func() {
		screen.leave()
		if errors.Is(err, errInterrupted) {
			err = fmt.Errorf("%w; the code expires by itself", err)
		}
	}()
	deadline := time.Now().Add(o.timeout)
	told, offered := "", false
	for {
		if s, err = o.kubectl.session(o.name); err != nil {
			return err
		}
		request, c := s.Status.PairingRequest, s.condition("Ready")
		answered := request.Token == token
		if ended, err := outcome(s, token, offered); ended {
			if err == nil {
				screen.leave()
				fmt.Printf("Paired with %s.\n", dash(s.Status.Account.ID))
			}
			return err
		}
		switch {
		case answered && request.Phase == "Offered":
			offered = true
			offer, err := o.kubectl.offer(s)
			if err != nil {
				return err
			}
			if text := offer.text(o.link || s.Spec.Pairing.Mode == "Link"); text != "" {
				screen.show(text, request.ExpiresAt)
			}
		case !answered && c.Message != told:
			told = c.Message
			screen.leave()
			fmt.Println(printable(told))
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("nobody paired %s within %s; kubectl wawp why %s tells more", o.name, o.timeout, o.name)
		}
		select {
		case <-interrupted:
			return errInterrupted
		case <-time.After(time.Second):
		}
	}
}

// outcome tells whether a request has ended, and with an error unless the right phone is linked. A request that was refused ends without an
// offer: then the condition says why.
func outcome(s session, token string, offered bool) (bool, error) {
	c := s.condition("Ready")
	answered := s.Status.PairingRequest.Token == token
	switch {
	case c.Reason == "AccountMismatch":
		return true, errors.New(printable(c.Message))
	case answered && s.Status.PairingRequest.Phase == "Paired":
		return true, nil
	case answered && s.Status.PairingRequest.Phase == "Expired" && offered:
		return true, fmt.Errorf("nobody scanned the code in time; kubectl wawp pair %s requests a new one", s.Metadata.Name)
	case answered && s.Status.PairingRequest.Phase == "Expired":
		return true, fmt.Errorf("the request has ended without a code. %s", printable(c.Message))
	}
	return false, nil
}

// pairable tells why a request for pairing would be in vain.
func pairable(s session, o options) error {
	mode := s.Spec.Pairing.Mode
	switch {
	case s.Spec.Suspend:
		return fmt.Errorf("%s is suspended; kubectl wawp resume %s first", o.name, o.name)
	case s.Spec.DesiredState != "Running":
		return fmt.Errorf("%s should be %s; set spec.desiredState to Running to pair it", o.name, printable(s.Spec.DesiredState))
	case mode == "" || mode == "None":
		return fmt.Errorf("%s offers no pairing; set spec.pairing.mode to QR or Link in its manifest", o.name)
	}
	return nil
}

// offer is the Secret with the way to pair. It has no String method on purpose, and nothing prints it but the screen.
type offer struct {
	Data map[string]string `json:"data"`
}

func (k kubectl) offer(s session) (offer, error) {
	var found offer
	err := k.get(&found, "secret", s.Metadata.Name+"-pairing")
	return found, err
}

func (o offer) text(link bool) string {
	key := "qr.txt"
	if link {
		key = "link"
	}
	value, err := base64.StdEncoding.DecodeString(o.Data[key])
	if err != nil {
		return ""
	}
	return printable(string(value))
}

// screen is the terminal's alternate screen: what stands there is gone from the window and its scrollback when it is left.
type screen struct {
	entered bool
}

// show draws everything anew each time, so that a window that was made larger shows the whole code.
func (s *screen) show(text string, expires time.Time) {
	if !s.entered {
		fmt.Print("\x1b[?1049h\x1b[?25l")
		s.entered = true
	}
	fmt.Print("\x1b[H")
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		fmt.Print(colours(text), line, "\x1b[0m\x1b[K\r\n")
	}
	fmt.Print("\r\nScan it with the phone: WhatsApp, Linked devices, Link a device. Ctrl-C ends this.\x1b[K\r\n")
	if !expires.IsZero() {
		fmt.Printf("The offer ends at %s. A code that is cut off needs a larger window, or --link.\x1b[K\r\n", expires.Local().Format("15:04:05"))
	}
	fmt.Print("\x1b[J")
}

func (s *screen) leave() {
	if s.entered {
		fmt.Print("\x1b[2J\x1b[?25h\x1b[?1049l")
		s.entered = false
	}
}

// colours keep a QR code dark on light, whatever the terminal's own: a frame of blocks means that a block is a light module.
func colours(text string) string {
	frame, _, _ := strings.Cut(text, "\n")
	switch {
	case !strings.ContainsAny(text, "█▀▄"):
		return ""
	case strings.Trim(frame, "█▄") == "" && frame != "":
		return "\x1b[38;5;231;48;5;16m"
	}
	return "\x1b[38;5;16;48;5;231m"
}
