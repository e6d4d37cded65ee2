package project

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

// sshPatience is enough for a program that reads two files.
const sshPatience = 3 * time.Second

// resolveHost asks ssh which host and port its configuration has for the URL's host. Known forges need
// no asking. An address instead of a name with a dot is not taken: the name is the same on every machine.
func (r *remote) resolveHost(ctx context.Context) error {
	if _, known := forge(lowered(r.host)); known || strings.HasPrefix(r.host, "[") {
		return nil
	}
	if _, err := canonicalHost(r.host); err != nil || strings.HasPrefix(r.host, "-") {
		return nil // never an argument for ssh; key decides what to say of it
	}
	path, err := exec.LookPath("ssh")
	if err != nil {
		return nil
	}
	host, port, err := sshConfig(ctx, path, r.user, r.host)
	dotted := strings.Contains(r.host, ".")
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && dotted:
		// On Windows it may be another ssh than the one git brings, with another opinion on the permissions
		// of ~/.ssh/config; a whole name is good without it.
		return nil
	case err != nil:
		return fmt.Errorf("asking ssh which host %q is: %w", r.host, err)
	}
	// An alias without a dot exists on this machine only, so whatever ssh says of it is better. A whole name
	// with a local address ("HostName 10.0.0.5") is known to the other machines as that name.
	addr, notIP := netip.ParseAddr(host)
	if notIP == nil && dotted {
		return nil
	}
	if notIP == nil && addr.Is6() {
		host = "[" + host + "]"
	}
	r.host = host
	// ssh, too, lets a port in the URL win over its configuration.
	if r.port == "" {
		r.port = port
	}
	return nil
}

// sshConfig asks ssh -G, which prints the configuration for a host and connects to nothing. Canonical
// host names are switched off because they need DNS.
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
