package giturl

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os/exec"
	"strings"
	"time"
	"unicode/utf8"

	"claude-sync/syncer/internal/program"
)

// sshPatience is long for a program that only reads two files.
const sshPatience = 3 * time.Second

// Resolve replaces a host alias of ssh's configuration by the host and port that it stands for. What the configuration
// says of a full host name is this machine's way there (a tunnel, another address, a port), and not the repository:
// a full name stays, except if it is clearly made up for a second account; see isAccount. Resolve does not ask ssh
// about known forges, addresses, and URLs of other protocols.
func (u *URL) Resolve(ctx context.Context) error {
	if !isSSH(u.Proto) {
		return nil
	}
	alias, err := canonicalHost(u.Host)
	if err != nil || strings.HasPrefix(u.Host, "-") {
		return nil // no argument for ssh; Canonical returns the error
	}
	if _, notIP := netip.ParseAddr(alias); notIP == nil || strings.HasPrefix(alias, "[") || isForge(alias) {
		return nil
	}
	path, err := exec.LookPath("ssh")
	if err != nil {
		return nil
	}
	host, port, err := sshConfig(ctx, path, u.User, u.Host)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && strings.Contains(alias, "."):
		// On Windows this may be another ssh than git's own, and refuse the permissions of ~/.ssh/config. A
		// name with a dot is good enough without ssh.
		return nil
	case err != nil:
		return fmt.Errorf("asking ssh which host %q is: %w", u.Host, err)
	}
	if isFullName(alias) {
		if isAccount(alias, host) {
			u.Host = host
		}
		return nil
	}
	addr, notIP := netip.ParseAddr(host)
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

// isAccount reports whether alias is made of the name host, for a second account there: "work.github.com" or
// "gitlab.corp.example.work". Any name that leads to a known forge is one. A domain is too short to tell:
// "git.corp.example" may well be a server of its own beside "corp.example".
func isAccount(alias, host string) bool {
	name, err := canonicalHost(host)
	if err != nil {
		return false
	}
	return isForge(name) || strings.HasPrefix(alias, name+".") ||
		strings.Count(name, ".") > 1 && strings.HasSuffix(alias, "."+name)
}

// isFullName reports whether a host name can be one of the internet's. The last label of those has only letters, or
// is encoded. "nas" and "github.com-work" are aliases for one machine.
func isFullName(host string) bool {
	dot := strings.LastIndexByte(host, '.')
	if dot < 0 {
		return false
	}
	last := host[dot+1:]
	return strings.HasPrefix(last, "xn--") || last != "" && !strings.ContainsFunc(last, func(r rune) bool { return r < utf8.RuneSelf && !isASCIILetter(r) })
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
