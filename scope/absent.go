package scope

// A purge locks its scope first, and what follows is sent with the lock, before
// its answer is known. Mostly that is right: of a scope that is not there, what
// is left is removed. It is wrong where the lock may miss a row that is there,
// as one of another tenant is. Its step then [Step.Decides].
//
// In a transaction of our own that has this one operation, everything travels
// together all the same, and is rolled back. In any other one, what follows the
// lock waits for its answer, because what others did there must stay.

// Present is what a step that [Step.Decides] returns of its query's answer: with
// found false, nothing that is queued behind it has an effect, [Flush.Send]
// succeeds, and [Op.Absent] is true.
func (op *Op) Present(found bool, err error) error {
	if err == nil && !found {
		op.absent = true
	}
	return err
}

// Absent reports whether a step that [Step.Decides] has found that there is
// nothing to do. Nothing may be queued behind it; the operation has written nothing.
func (op *Op) Absent() bool { return op.absent }

// ExpectTaken returns err when a purge did not take the row that it had locked,
// and nil otherwise. A nil err stands for [ErrInUse].
func ExpectTaken(locked, taken bool, err error) error {
	return Refuse(CountTrue(locked && !taken), err)
}

// undoes reports whether what an operation did can be undone by the end of its
// transaction: nobody else has done anything in it.
func (tx *Tx) undoes() bool { return tx.single && !tx.runner.Joined() }
