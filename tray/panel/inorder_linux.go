package panel

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"claude-sync/tray/internal/queue"

	"github.com/godbus/dbus/v5"
)

// inOrder is a proxy between the tray library and the bus. It passes one call at a time, and the next one only after
// the answer. Without it the library answers each call in a goroutine of its own (godbus v5.2.4, conn.go), and answers
// overtake each other. XFCE, Cinnamon, MATE and waybar draw menus with a library that then receives entries before
// their menu, and drops them for good (tailscale/tailscale#15528). Without the proxy, 4 of 24 restarts of XFCE's panel
// left a project with an empty submenu; with it, none of 36.
//
// A proxy is the only way: the library takes dbus.SessionBus, which has no hook and reads only one variable.
type inOrder struct {
	program, bus io.ReadWriteCloser
	fromProgram  *bufio.Reader
	fromBus      *bufio.Reader
	calls        *queue.Queue[message]
	heard        func(call message, answer *dbus.Message)
	ended        chan struct{}

	mu       sync.Mutex // guards writes to the program, and the members below
	waiting  uint32     // the serial of the call that is being answered
	answered chan *dbus.Message
}

const busVariable = "DBUS_SESSION_BUS_ADDRESS"

// answerTimeout is how long other calls wait for an answer. Some answers never come: the library drops one that is not
// a valid message.
const answerTimeout = time.Second

// answerInOrder opens the shared connection that dbus.SessionBus returns, through the proxy. Call it before the first use
// of dbus.SessionBus in this process, and while no other goroutine reads the environment.
func answerInOrder() error {
	bus, err := dbus.SessionBusPrivateNoAutoStartup() // without Auth and Hello, which the library sends itself
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "cs") // a socket's path has to be short, and only this user may open it
	if err != nil {
		return errors.Join(err, bus.Close())
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "bus")
	listener, err := net.Listen("unix", path)
	if err != nil {
		return errors.Join(err, bus.Close())
	}
	defer listener.Close()
	s := &submenus{}
	go func() {
		program, err := listener.Accept()
		if err != nil {
			_ = bus.Close()
			return
		}
		between(program, bus, s.heard)
	}()
	if address, ok := os.LookupEnv(busVariable); ok {
		defer os.Setenv(busVariable, address)
	} else {
		defer os.Unsetenv(busVariable)
	}
	if err := os.Setenv(busVariable, "unix:path="+dbus.EscapeBusAddressValue(path)); err != nil {
		return err
	}
	conn, err := dbus.SessionBus()
	s.conn.Store(conn)
	return err
}

// between carries messages until either side ends, and then ends both. It calls heard for every answer, one by one.
func between(program, bus io.ReadWriteCloser, heard func(call message, answer *dbus.Message)) {
	o := &inOrder{program: program, bus: bus, fromProgram: bufio.NewReader(program), fromBus: bufio.NewReader(bus),
		heard: heard, ended: make(chan struct{})}
	defer program.Close()
	defer bus.Close()
	if o.greet() != nil {
		return
	}
	o.calls = queue.New(o.pass)
	defer o.calls.Close()
	defer close(o.ended)
	outward := make(chan struct{})
	go func() {
		defer close(outward)
		o.outward()
		bus.Close() // wakes inward
	}()
	o.inward()
	program.Close()
	<-outward
}

// greet carries the lines of the authentication, one from each side in turn, until BEGIN. It refuses file descriptors,
// because they cannot pass the proxy.
func (o *inOrder) greet() error {
	for {
		line, err := o.fromProgram.ReadBytes('\n')
		if err != nil {
			return err
		}
		if bytes.HasPrefix(line, []byte("NEGOTIATE_UNIX_FD")) {
			if _, err := io.WriteString(o.program, "ERROR\r\n"); err != nil {
				return err
			}
			continue
		}
		if _, err := o.bus.Write(line); err != nil || bytes.HasPrefix(line, []byte("BEGIN")) {
			return err
		}
		if line, err = o.fromBus.ReadBytes('\n'); err != nil {
			return err
		}
		if _, err := o.program.Write(line); err != nil {
			return err
		}
	}
}

// inward carries the bus's messages. Calls wait for their turn, all others pass at once.
func (o *inOrder) inward() {
	for {
		m, err := readMessage(o.fromBus)
		switch {
		case err != nil:
			return
		case m.kind() == dbus.TypeMethodCall && m.flags()&dbus.FlagNoReplyExpected == 0:
			o.calls.Put(m)
		case o.give(m) != nil:
			return
		}
	}
}

func (o *inOrder) give(m message) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, err := o.program.Write(m)
	return err
}

// pass gives the program one call and waits for the answer.
func (o *inOrder) pass(call message) {
	answered := make(chan *dbus.Message, 1)
	o.mu.Lock()
	o.waiting, o.answered = call.serial(), answered
	o.mu.Unlock()
	if o.give(call) != nil {
		return // inward ends, too
	}
	late := time.NewTimer(answerTimeout)
	defer late.Stop()
	select {
	case answer := <-answered:
		o.heard(call, answer)
	case <-late.C:
	case <-o.ended:
	}
}

// outward carries the program's messages, and notes its answers.
func (o *inOrder) outward() {
	for {
		m, err := readMessage(o.fromProgram)
		if err != nil {
			return
		}
		if _, err := o.bus.Write(m); err != nil {
			return
		}
		answer, serial := m.answers()
		o.mu.Lock()
		if answer != nil && o.answered != nil && serial == o.waiting {
			o.answered <- answer
			o.answered = nil
		}
		o.mu.Unlock()
	}
}

// message is a D-Bus message as it is on the wire. It begins with sixteen bytes: the byte order, kind, flags, version,
// and three numbers: the length of the body, the serial, and the length of the fields that follow. See
// https://dbus.freedesktop.org/doc/dbus-specification.html#message-protocol-messages.
type message []byte

const (
	headLength    = 16
	longestOnABus = 128 << 20
)

func readMessage(r io.Reader) (message, error) {
	head := make(message, headLength)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	body, fields := int64(head.number(4)), int64(head.number(12))
	length := headLength + (fields+7)/8*8 + body
	if length > longestOnABus {
		return nil, errors.New("a message longer than D-Bus allows")
	}
	all := make(message, length)
	copy(all, head)
	_, err := io.ReadFull(r, all[headLength:])
	return all, err
}

func (m message) number(at int) uint32 {
	if m[0] == 'B' {
		return binary.BigEndian.Uint32(m[at:])
	}
	return binary.LittleEndian.Uint32(m[at:])
}

func (m message) kind() dbus.Type   { return dbus.Type(m[1]) }
func (m message) flags() dbus.Flags { return dbus.Flags(m[2]) }
func (m message) serial() uint32    { return m.number(8) }

// answers returns the decoded message and the serial of the call that it answers; nil if it is not an answer.
func (m message) answers() (answer *dbus.Message, serial uint32) {
	if k := m.kind(); k != dbus.TypeMethodReply && k != dbus.TypeError {
		return nil, 0
	}
	answer, err := dbus.DecodeMessage(bytes.NewReader(m))
	if err != nil {
		return nil, 0
	}
	serial, _ = answer.Headers[dbus.FieldReplySerial].Value().(uint32)
	return answer, serial
}
