package wire

import (
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// queueLength bounds what is under way in one direction, in pieces.
const queueLength = 1024

// queue holds the pieces of one direction back until they are due, in order.
type queue struct {
	to      net.Conn
	shown   func([]byte)
	pieces  chan piece
	waiting atomic.Int64 // pieces that are not written yet
	lost    atomic.Bool
	done    sync.WaitGroup
}

type piece struct {
	due  time.Time
	data []byte
}

func newQueue(to net.Conn, shown func([]byte)) *queue {
	q := &queue{to: to, shown: shown, pieces: make(chan piece, queueLength)}
	q.done.Go(q.run)
	return q
}

// put sends data after a delay. It keeps a copy, if anything.
func (q *queue) put(data []byte, delay time.Duration) error {
	if q.lost.Load() {
		return errLost
	}
	if delay == 0 && q.waiting.Load() == 0 { // nothing to overtake
		return q.write(data)
	}
	q.waiting.Add(1)
	q.pieces <- piece{due: time.Now().Add(delay), data: append([]byte(nil), data...)}
	return nil
}

func (q *queue) run() {
	// The clock of a thread is set to be exact, so the thread is ours alone, and
	// it ends with this goroutine.
	runtime.LockOSThread()
	exactClock()
	for p := range q.pieces {
		if !q.lost.Load() {
			sleepUntil(p.due)
			if err := q.write(p.data); err != nil {
				q.lost.Store(true)
			}
		}
		q.waiting.Add(-1)
	}
}

func (q *queue) write(data []byte) error {
	q.shown(data)
	_, err := q.to.Write(data)
	return err
}

// close waits for the pieces that are under way.
func (q *queue) close() {
	close(q.pieces)
	q.done.Wait()
}
