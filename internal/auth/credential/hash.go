package credential

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/fourfold/fourfold/internal/fault"
)

// Cost is what one hashing of a password costs. It is stored with every hash, so that it can grow:
// an older hash is replaced when its owner signs in.
type Cost struct {
	Time    uint32 // passes
	Memory  uint32 // KiB
	Threads uint8
}

// standardCost is 64 MiB and three passes: RFC 9106's choice for little memory, on one thread because
// several people sign in at once.
var standardCost = Cost{Time: 3, Memory: 64 << 10, Threads: 1}

const (
	saltBytes = 16
	hashBytes = 32
)

// Bounds of a stored cost: a hash whose parameters were changed must not take the machine.
const (
	maxTime   = 32
	maxMemory = 1 << 20 // KiB
)

// encode returns a hash in the usual text form.
func encode(c Cost, salt, sum []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Time, c.Threads,
		b.EncodeToString(salt), b.EncodeToString(sum))
}

// decode reads what encode wrote and nothing else.
func decode(text string) (c Cost, salt, sum []byte, err error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 {
		return c, nil, nil, fmt.Errorf("credential: a hash of %d parts", len(parts))
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Time, &c.Threads); err != nil {
		return c, nil, nil, fmt.Errorf("credential: the cost of a hash: %w", err)
	}
	b := base64.RawStdEncoding.Strict()
	if salt, err = b.DecodeString(parts[4]); err != nil {
		return c, nil, nil, fmt.Errorf("credential: the salt of a hash: %w", err)
	}
	if sum, err = b.DecodeString(parts[5]); err != nil {
		return c, nil, nil, fmt.Errorf("credential: the sum of a hash: %w", err)
	}
	switch {
	case len(salt) != saltBytes || len(sum) != hashBytes,
		c.Time < 1 || c.Time > maxTime, c.Memory < 8 || c.Memory > maxMemory, c.Threads < 1,
		encode(c, salt, sum) != text:
		return c, nil, nil, fmt.Errorf("credential: a hash of another form")
	}
	return c, salt, sum, nil
}

func sumOf(c Cost, password string, salt []byte) []byte {
	return argon2.IDKey([]byte(password), salt, c.Time, c.Memory, c.Threads, hashBytes)
}

// dummyHash is the hash of nothing that anybody knows.
func dummyHash(c Cost) string {
	salt, sum := make([]byte, saltBytes), make([]byte, hashBytes)
	_, _ = rand.Read(salt)
	_, _ = rand.Read(sum)
	return encode(c, salt, sum)
}

// lane is a bounded place to hash in.
type lane struct {
	seats   chan struct{}
	waiting atomic.Int64
	queue   int64
	patient time.Duration
}

// hasher hashes passwords, a few at a time. Browsers that the node knows have a lane of their own, so
// that a flood of strangers neither takes the memory of the machine nor their place.
type hasher struct {
	cost            Cost
	known, stranger lane
}

// newHasher gives known browsers one seat and strangers as many as there are processors, at most
// three: 64 MiB each.
func newHasher(c Cost) *hasher {
	h := &hasher{cost: c}
	for l, seats := range map[*lane]int{&h.known: 1, &h.stranger: max(1, min(3, runtime.GOMAXPROCS(0)-1))} {
		l.seats, l.queue, l.patient = make(chan struct{}, seats), 16, 5*time.Second
	}
	return h
}

// busy is the answer when too many wait already. It is given before anything is looked up.
func busy() error {
	return fault.New(fault.Unavailable, "Many people are signing in just now.").
		WithHint("Try again in a few seconds, or use a passkey, which need not wait.")
}

// seat waits for a place in a lane. The caller gives it back.
func (l *lane) seat(ctx context.Context) (leave func(), err error) {
	if l.waiting.Add(1) > l.queue {
		l.waiting.Add(-1)
		return nil, busy()
	}
	defer l.waiting.Add(-1)
	timer := time.NewTimer(l.patient)
	defer timer.Stop()
	select {
	case l.seats <- struct{}{}:
		return func() { <-l.seats }, nil
	case <-timer.C:
		return nil, busy()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// lane returns the lane of a browser.
func (h *hasher) lane(known bool) *lane {
	if known {
		return &h.known
	}
	return &h.stranger
}

// make hashes a new password.
func (h *hasher) make(password string) string {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt)
	return encode(h.cost, salt, sumOf(h.cost, password, salt))
}

// matches compares a password with a hash. old tells that the hash cost less than it does today.
func (h *hasher) matches(password, hash string) (ok, old bool, err error) {
	c, salt, sum, err := decode(hash)
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(sum, sumOf(c, password, salt)) == 1
	return ok, ok && (c.Memory < h.cost.Memory || c.Time < h.cost.Time), nil
}
