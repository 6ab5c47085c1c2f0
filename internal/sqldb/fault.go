package sqldb

import "ocopflow/internal/fault"

// Fault is what an error of the database or the disk is to the one who asked: that
// it does not answer is nobody's mistake and passes, so it is said as such. Any
// other error comes back as it is.
func Fault(err error) error {
	switch {
	case err == nil || fault.Of(err).Kind != fault.Internal:
		return err
	case Full(err):
		return fault.New(fault.Unavailable, "disk_full",
			"Ổ đĩa của máy chủ đã đầy nên chưa ghi được. Hãy báo người quản trị giải phóng chỗ rồi thử lại với cùng khóa lặp (Idempotency-Key).",
			"The server's disk is full, so nothing was written. Tell the administrator to make room, then try again under the same Idempotency-Key.").Because(err)
	case Unavailable(err):
		return fault.New(fault.Unavailable, "unavailable",
			"Cơ sở dữ liệu tạm thời không sẵn sàng. Hãy thử lại với cùng khóa lặp (Idempotency-Key).",
			"The database is not available for the moment. Try again under the same Idempotency-Key.").Because(err)
	}
	return err
}
