package giturl

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os/exec"
	"strings"
	"time"

	"claude-sync/syncer/internal/program"
)

// sshPatience is long for a program that only reads two files.
const sshPatience = 3 * time.Second

// Resolve replaces the URL's host by the host and port of ssh's configuration. It does not ask about known
// forges. A name with a dot stays if ssh has an address for it: the name is the same on every machine.
func (u *URL) Resolve(ctx context.Context) error {
	if !isSSH(u.Proto) {
		return nil
	}
	if _, known := forge(lowered(u.Host)); known || strings.HasPrefix(u.Host, "[") {
		return nil
	}
	if _, err := canonicalHost(u.Host); err != nil || strings.HasPrefix(u.Host, "-") {
		return nil // no argument for ssh; Canonical returns the error
	}
	path, err := exec.LookPath("ssh")
	if err != nil {
		return nil
	}
	host, port, err := sshConfig(ctx, path, u.User, u.Host)
	dotted := strings.Contains(u.Host, ".")
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && dotted:
		// On Windows this may be another ssh than git's own, and refuse the permissions of ~/.ssh/config. A
		// name with a dot is good enough without ssh.
		return nil
	case err != nil:
		return fmt.Errorf("asking ssh which host %q is: %w", u.Host, err)
	}
	// An alias without a dot exists on this machine only, so any answer of ssh is better. The other machines
	// know a name with a dot as that name, even if it has a local address here ("HostName 10.0.0.5").
	addr, notIP := netip.ParseAddr(host)
	if notIP == nil && dotted {
		return nil
	}
	if notIP == nil && addr.Is6() {
		host = "[" + host + "]"
	}
	u.Host = host
	// As in ssh, a port in the URL overrides the configuration.
	if u.Port == "" {
		u.Port = port
	}
	return nil
}

// sshConfig asks ssh -G, which prints the configuration for a host without connecting. Canonical host names are
// switched off because they need DNS.
func sshConfig(ctx context.Context, path, user, host string) (name, port string, err error) {
	args := []string{"-G", "-o", "CanonicalizeHostname=no"}
	if user != "" && !strings.ContainsFunc(user, notInHost) && user[0] != '-' {
		args = append(args, "-l", user)
	}
	out, reason, err := program.Ask(ctx, sshPatience, nil, path, append(args, "--", host)...)
	if err != nil {
		return "", "", errors.New(program.Reason(reason, err))
	}
	name = host
	for line := range strings.Lines(out) {
		option, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch option {
		case "hostname":
			name = value
		case "port":
			port = value
		}
	}
	return name, port, nil
}
