package desktop_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	xfconfName     = "org.xfce.Xfconf"
	xfconfService  = xfconfName + ".service"
	notifydService = "org.xfce.xfce4-notifyd.Notifications.service"
)

// busConfig lets the bus start one service by name: XFCE's settings. The service ends with its last client, so a
// restarted panel would not find it. All other services are started by the tests.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%[1]s/run/bus</listen>
  <servicedir>%[1]s/services</servicedir>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>`

// panelConfig is one panel along the upper edge that holds only the icons. They have the size in which the program
// sends them, so that tests find them pixel by pixel. Without configver, or without XFCE's settings, the panel asks
// a question at its first start.
const panelConfig = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="%v"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="%d"/>
      <property name="icon-size" type="uint" value="%d"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray">
      <property name="icon-size" type="uint" value="%[3]d"/>
    </property>
  </property>
</channel>`

const (
	panelHeight = 41
	iconSize    = 32
)

// notifydConfig keeps popups open until they are answered, so that a slow machine does not lose them.
const notifydConfig = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-notifyd" version="1.0">
  <property name="expire-timeout-enabled" type="bool" value="false"/>
  <property name="do-slideout" type="bool" value="false"/>
</channel>`

// The menu's measures, independent of theme and font: tests find a row by counting. Animations are off, because
// tests would only wait for them, and so is the focus mark, which lies across the icon.
const (
	rowHeight, lineHeight, menuEdge = 27, 9, 4

	buttonWidth, buttonHeight, buttonGap, popupEdge = 126, 34, 7, 14

	styleSheet = `menu { padding: 4px; border-width: 1px; }
menu menuitem { min-height: 27px; padding: 0 8px; margin: 0; border-width: 0; }
menu separator { min-height: 1px; padding: 0; margin: 4px 0; border-width: 0; }
* { outline-style: none; }
`
	gtkSettings = `[Settings]
gtk-theme-name=Adwaita
gtk-font-name=DejaVu Sans 10
gtk-enable-animations=0
gtk-menu-popup-delay=0
gtk-application-prefer-dark-theme=%d
`
)

// configure writes the configuration of the desktop's programs.
func configure(t *testing.T, dir, home string, dark bool) {
	t.Helper()
	must(t, os.Chmod(mkdir(t, dir, "run"), 0o700))
	write(t, fmt.Sprintf(busConfig, dir), dir, "bus.conf")
	service, err := os.ReadFile(filepath.Join(serviceDir, xfconfService))
	must(t, err)
	write(t, string(service), dir, "services", xfconfService)
	write(t, fmt.Sprintf(panelConfig, dark, panelHeight, iconSize), home, ".config", "xfce4", "xfconf", "xfce-perchannel-xml", "xfce4-panel.xml")
	write(t, notifydConfig, home, ".config", "xfce4", "xfconf", "xfce-perchannel-xml", "xfce4-notifyd.xml")
	prefer := 0
	if dark {
		prefer = 1
	}
	write(t, fmt.Sprintf(gtkSettings, prefer), home, ".config", "gtk-3.0", "settings.ini")
	write(t, styleSheet, home, ".config", "gtk-3.0", "gtk.css")
	if strings.ContainsAny(dir, "<&") {
		t.Fatalf("%q cannot stand in the bus's configuration", dir)
	}
}
