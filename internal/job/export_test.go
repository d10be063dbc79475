package job

import "time"

// SetCancelTime sets how long cancelled jobs may take to end when the queue stops.
func (q *Queue) SetCancelTime(t time.Duration) { q.cancels = t }
