package main

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// complain writes an error for a person.
func (w world) complain(err error) {
	var f *fault.Error
	switch {
	case errors.Is(err, errSilent):
	case errors.As(err, &f):
		fmt.Fprintf(w.errs, "ocopflow: %s (%s)\n", f.Message.In(w.lang), f.Code)
		for _, x := range f.Fields {
			fmt.Fprintf(w.errs, "  %s: %s\n", x.Place, x.Message.In(w.lang))
		}
		for _, r := range f.Reasons {
			fmt.Fprintf(w.errs, "  - %s\n", r.Message.In(w.lang))
		}
	default:
		fmt.Fprintf(w.errs, "ocopflow: %v\n", err)
		if say := advice(err); say != (ocop.Text{}) {
			fmt.Fprintf(w.errs, "  %s\n", say.In(w.lang))
		}
	}
}

// advice is what to do about what the machine refused; nothing where the error
// says it.
func advice(err error) ocop.Text {
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), sqldb.OnlyReads(err):
		return ocop.Text{Vi: "Tài khoản chạy chương trình không có quyền ghi ở đó: giao thư mục và tệp cho tài khoản ấy, hoặc nêu nơi khác bằng --data hay --database.",
			En: "The account that runs the program may not write there: give it the folder and the files, or name another place with --data or --database."}
	case sqldb.Full(err):
		return ocop.Text{Vi: "Đĩa đã đầy: giải phóng chỗ rồi chạy lại.", En: "The disk is full: make room, then run it again."}
	case errors.Is(err, syscall.EADDRINUSE):
		return ocop.Text{Vi: "Chương trình khác đang dùng địa chỉ này: dừng nó, hoặc nêu địa chỉ khác bằng --listen.", En: "Another program uses this address: stop it, or name another with --listen."}
	}
	return ocop.Text{}
}
