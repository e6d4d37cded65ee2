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

// inOrder stands between the tray library and the bus, and hands on one call at a time, the next one after the
// answer. By itself the library answers each call in a goroutine of its own (godbus v5.2.4, conn.go), so that
// answers overtake each other. The library with which XFCE, Cinnamon, MATE and waybar draw menus then meets
// entries before the menu they belong to, and drops them for good (tailscale/tailscale#15528): 4 of 24 restarts
// of XFCE's panel left a project with an empty submenu, and none of 36 with this in between.
//
// It cannot be done with less: the library takes dbus.SessionBus, which has no hook and reads one variable.
type inOrder struct {
	program, bus io.ReadWriteCloser
	fromProgram  *bufio.Reader
	fromBus      *bufio.Reader
	calls        *queue.Queue[message]
	heard        func(call message, answer *dbus.Message)
	ended        chan struct{}

	mu       sync.Mutex // guards what is written to the program, and the rest
	waiting  uint32     // the serial of the call that is being answered
	answered chan *dbus.Message
}

const busVariable = "DBUS_SESSION_BUS_ADDRESS"

// answerTimeout is how long the others wait for a call that is never answered: the library drops an answer that is no
// valid message.
const answerTimeout = time.Second

// answerInOrder opens the connection that dbus.SessionBus will give the library, and any other asker in this
// process. It is to be called before anybody has asked, and while nobody reads the environment.
func answerInOrder() error {
	bus, err := dbus.SessionBusPrivateNoAutoStartup() // a mere connection: the library says hello itself
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "cs") // a socket's path has to be short, and only we may open it
	if err != nil {
		return errors.Join(err, bus.Close())
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "bus")
	door, err := net.Listen("unix", path)
	if err != nil {
		return errors.Join(err, bus.Close())
	}
	defer door.Close()
	s := &submenus{}
	go func() {
		program, err := door.Accept()
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

// between carries messages until either side ends, which ends both. Heard is told of every answer, one by one.
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
		bus.Close() // wakes the other way
	}()
	o.inward()
	program.Close()
	<-outward
}

// greet carries the lines by which a program makes itself known: one from each side in turn, until BEGIN.
// File descriptors are refused, since they would not come through.
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

// inward lets calls wait for their turn; whatever else the bus sends goes through.
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

// pass gives the program one call and waits for its answer.
func (o *inOrder) pass(call message) {
	answered := make(chan *dbus.Message, 1)
	o.mu.Lock()
	o.waiting, o.answered = call.serial(), answered
	o.mu.Unlock()
	if o.give(call) != nil {
		return // inward sees the same end
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

// outward carries what the program sends, and notes its answers.
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

// message is one as it is on the wire. It begins with sixteen bytes: the byte order, kind, flags, version, and
// three numbers, the length of the body, the serial, and the length of the fields that follow, see
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

// answers returns a message of the program that answers a call, and the serial of that; nil for any other.
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
