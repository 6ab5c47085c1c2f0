package health

import (
	"fmt"
	"time"
)

func disk(f Facts) Line {
	l := line("disk", "Đĩa của thư mục dữ liệu", "Disk of the data directory")
	if f.DiskErr != nil {
		return l.value("Không biết", "Not known").found(Look, "ocopflowcommitsfail", "Xem bằng df -h.", "Look with df -h.")
	}
	l = l.value(both("còn trống %s trên %s", "%s free of %s", size(f.Disk.Free), size(f.Disk.Total)))
	const vi, en = "Giải phóng chỗ trống hoặc thêm đĩa: đĩa đầy thì không ghi được gì.", "Make room or add a disk: nothing can be written to a full one."
	switch {
	case f.Disk.Free < 512<<20 || f.Disk.Free < f.Disk.Total/50:
		l = l.found(Act, "ocopflowcommitsfail", vi, en)
	case f.Disk.Free < 2<<30 || f.Disk.Free < f.Disk.Total/10:
		l = l.found(Look, "ocopflowcommitsfail", vi, en)
	}
	return l
}

func memory(f Facts) Line {
	l := line("memory", "Bộ nhớ", "Memory")
	if f.Memory.Total == 0 {
		return l.value(both("đang dùng %s, không có giới hạn", "%s in use, no limit", size(f.Used)))
	}
	l = l.value(both("đang dùng %s trên giới hạn %s", "%s in use of a limit of %s", size(f.Used), size(f.Memory.Total)))
	if f.Used > f.Memory.Total/10*9 {
		l = l.found(Look, "bộ-nhớ", "Gần giới hạn: tăng MemoryMax của dịch vụ.", "Close to the limit: raise MemoryMax of the service.")
	}
	return l
}

func certificate(f Facts) Line {
	l := line("certificate", "Chứng thư HTTPS", "HTTPS certificate")
	if !f.Encrypted {
		return l.value("Máy chủ không tự nói HTTPS (sau proxy)", "The server speaks no HTTPS itself (behind a proxy)")
	}
	if f.TLSErr != nil {
		return l.value("Chưa đọc được", "Cannot be read yet").found(Act, "https", "Xem tệp chứng thư hoặc cổng 443 (ACME).", "Look at the certificate's file, or at port 443 (ACME).")
	}
	left := f.TLSEnd.Sub(f.Now)
	l = l.value(both("còn %s, đến %s", "%s left, until %s", short(left), f.TLSEnd.Format("2006-01-02")))
	switch {
	case left < 7*24*time.Hour:
		l = l.found(Act, "https", "Gia hạn ngay; thay tệp là đủ, không cần khởi động lại.", "Renew it now; replacing the file is enough.")
	case left < 21*24*time.Hour:
		l = l.found(Look, "https", "Sắp hết hạn; ACME tự gia hạn 30 ngày trước, nếu chưa thì xem cổng 443.", "It ends soon; ACME renews 30 days before: if it has not, look at port 443.")
	}
	return l
}

func batches(f Facts) Line {
	l := line("batches", "Ghi vào sổ", "Writing")
	b := f.Batches
	if b.Number == 0 && b.Failed == 0 {
		return l.value("Chưa ghi gì từ khi khởi động", "Nothing was written since the start")
	}
	mean := 0.0
	if b.Number > 0 {
		mean = float64(b.Acts) / float64(b.Number)
	}
	l = l.value(both("%d lô, trung bình %.1f việc và %s mỗi lô; %d lô hỏng", "%d batches, on average %.1f acts and %s each; %d failed", b.Number, mean, b.Mean.Round(100*time.Microsecond), b.Failed))
	switch {
	case b.Mean > 500*time.Millisecond:
		l = l.found(Look, "ocopflowslow", "Ghi chậm: xem đĩa, bản sao lưu hay quét virus cùng lúc.", "Writing is slow: look at the disk, a backup or a virus scan at the time.")
	case b.Failed > 0:
		l = l.found(Look, "ocopflowcommitsfail", "Có lô hỏng từ khi khởi động: tìm “a batch failed” hoặc “not available” trong nhật ký.", "Batches failed since the start: look for “a batch failed” or “not available” in the log.")
	}
	return l
}

func sessions(f Facts) Line {
	l := line("sessions", "Phiên đăng nhập", "Sessions")
	return l.value(both("%d đang mở", "%d open", f.Sessions))
}

func version(f Facts) Line {
	l := line("version", "Phiên bản", "Version")
	return l.value(both("%s, bảng dữ liệu %d, chạy từ %s", "%s, schema %d, up for %s", f.Version, f.Schema, short(f.Now.Sub(f.Started))))
}

// size words bytes.
func size(n uint64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	default:
		return fmt.Sprintf("%.0f MB", float64(n)/(1<<20))
	}
}

// short words a stretch of time by its two largest units, alike in both languages.
func short(d time.Duration) string {
	d = max(d, 0).Round(time.Second)
	switch day := 24 * time.Hour; {
	case d >= day:
		return fmt.Sprintf("%dd %dh", d/day, d%day/time.Hour)
	case d >= time.Hour:
		return fmt.Sprintf("%dh %dm", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute:
		return fmt.Sprintf("%dm %ds", d/time.Minute, d%time.Minute/time.Second)
	}
	return d.String()
}
