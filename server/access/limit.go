package access

import (
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"
)

const (
	// burst is how many wrong keys an address may send at once, and refill how
	// long it takes until it may send one more.
	burst  = 10
	refill = 6 * time.Second
	// maxAddresses and maxGood bound the memory.
	maxAddresses = 4096
	maxGood      = 1024
)

// limiter counts wrong keys by address. Keys that were right before are not
// kept waiting by an address that others share, as behind a proxy.
type limiter struct {
	now func() time.Time

	mu   sync.Mutex
	full map[netip.Prefix]time.Time // when all attempts are there again
	good map[[sha256.Size]byte]bool
}

func newLimiter() *limiter {
	return &limiter{now: time.Now, full: map[netip.Prefix]time.Time{}, good: map[[sha256.Size]byte]bool{}}
}

// wait gives how long the address must wait before a key with this hash is
// looked up; 0 for not at all.
func (l *limiter) wait(address netip.Prefix, hash [sha256.Size]byte) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.good[hash] {
		return 0
	}
	full, known := l.full[address]
	if !known {
		return 0
	}
	return max(0, full.Sub(l.now())-(burst-1)*refill)
}

// failed counts a wrong key.
func (l *limiter) failed(address netip.Prefix, hash [sha256.Size]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.good, hash)
	now := l.now()
	full, known := l.full[address]
	if !known && len(l.full) >= maxAddresses {
		l.forget(now)
	}
	if full.Before(now) {
		full = now
	}
	l.full[address] = full.Add(refill)
}

// forget makes room: of addresses that have all attempts again, else of any.
func (l *limiter) forget(now time.Time) {
	for address, full := range l.full {
		if full.Before(now) {
			delete(l.full, address)
		}
	}
	for address := range l.full {
		if len(l.full) < maxAddresses {
			return
		}
		delete(l.full, address)
	}
}

// passed notes a key that is right.
func (l *limiter) passed(hash [sha256.Size]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.good) >= maxGood {
		clear(l.good)
	}
	l.good[hash] = true
}

// network gives what counts as one address: of IPv6 the 64 bits that a
// subscriber has.
func network(remote string) netip.Prefix {
	port, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Prefix{}
	}
	address := port.Addr().Unmap().WithZone("")
	bits := 32
	if address.Is6() {
		bits = 64
	}
	p, err := address.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
