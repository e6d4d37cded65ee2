// Package session watches the desktop session that the tray belongs to: whether it has a session bus, when it
// ends, and whether a panel knows the tray's icon.
//
// What it does not promise: that a person can see the icon. No desktop tells whether its panel hides one.
package session

import "errors"

// ErrNoBus says that there is no D-Bus session bus. No Linux desktop shows an icon without one.
var ErrNoBus = errors.New("no D-Bus session bus")
