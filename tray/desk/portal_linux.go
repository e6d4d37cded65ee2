package desk

import (
	"bytes"
	"context"
	"errors"
	"net/url"

	"claude-sync/tray/session"

	"github.com/godbus/dbus/v5"
)

// choosePortal asks the desktop's own dialog for a folder, in or out of a sandbox
// (https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.FileChooser.html; its
// option "directory" is from version 3 on).
func choosePortal(ctx context.Context, title string) (string, error) {
	bus, err := session.Connect()
	if err != nil {
		return "", err
	}
	defer bus.Close()
	desktop := bus.Object("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop")
	v, err := desktop.GetProperty("org.freedesktop.portal.FileChooser.version")
	if err != nil {
		return "", err
	}
	if version, _ := v.Value().(uint32); version < 3 {
		return "", errors.New("the desktop's dialog cannot choose folders")
	}
	// Listen before asking: the answer may come before the call returns.
	answers := make(chan *dbus.Signal, 16)
	bus.Signal(answers)
	if err := bus.AddMatchSignal(dbus.WithMatchInterface("org.freedesktop.portal.Request"), dbus.WithMatchMember("Response")); err != nil {
		return "", err
	}
	var request dbus.ObjectPath
	options := map[string]dbus.Variant{"directory": dbus.MakeVariant(true), "modal": dbus.MakeVariant(false)}
	err = desktop.CallWithContext(ctx, "org.freedesktop.portal.FileChooser.OpenFile", 0, "", title, options).Store(&request)
	if err != nil {
		return "", err
	}
	return awaitAnswer(ctx, answers, request)
}

// awaitAnswer waits for the signal that answers the request.
func awaitAnswer(ctx context.Context, answers <-chan *dbus.Signal, request dbus.ObjectPath) (string, error) {
	for {
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case a, ok := <-answers:
			if !ok {
				return "", session.ErrNoBus
			}
			if a.Path == request && len(a.Body) == 2 {
				return folderOf(a.Body)
			}
		}
	}
}

// folderOf reads the answer: 0 and {"uris": [...]}, or another number if nothing was chosen.
func folderOf(body []any) (string, error) {
	if code, _ := body[0].(uint32); code != 0 {
		return "", ErrNotChosen
	}
	results, _ := body[1].(map[string]dbus.Variant)
	uris, _ := results["uris"].Value().([]string)
	if len(uris) == 0 {
		return "", ErrNotChosen
	}
	return pathOf(uris[0])
}

// pathOf turns a file URI into a path. It refuses folders of other machines.
func pathOf(uri string) (string, error) {
	u, err := url.Parse(uri)
	if err != nil {
		return "", err
	}
	if u.Scheme != "file" || u.Host != "" && u.Host != "localhost" {
		return "", errors.New("the folder is not on this machine: " + uri)
	}
	// The documents portal ends paths with a zero byte in some versions.
	return string(bytes.TrimRight([]byte(u.Path), "\x00")), nil
}
