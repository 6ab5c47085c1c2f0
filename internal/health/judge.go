package health

import (
	"fmt"
	"strings"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// both words a value once for each language.
func both(vi, en string, args ...any) (string, string) {
	return fmt.Sprintf(vi, args...), fmt.Sprintf(en, args...)
}

func database(f Facts) Line {
	l := line("database", "Cơ sở dữ liệu", "Database")
	l = l.value(both("%s, nhận được giao dịch ghi sau %s", "%s, takes a write after %s", f.Dialect, f.Wait.Round(100*time.Microsecond)))
	switch {
	case sqldb.OnlyReads(f.Database):
		l = l.value(f.Dialect, f.Dialect).found(Look, "ocopflowdatabasedown", "Chỉ đọc: đây là một bản sao (standby), mọi việc ghi làm ở máy chủ chính.", "It only reads: this is a standby, everything is written on the main server.")
	case f.Database != nil:
		l = l.value(f.Dialect, f.Dialect).found(Act, "ocopflowdatabasedown", "Không nhận giao dịch ghi: xem đĩa đầy, quyền của tệp, khóa của chương trình khác.", "It takes no write: look for a full disk, the file's rights, another program's lock.")
	case f.Wait > time.Second:
		l = l.found(Look, "ocopflowslow", "Chậm: xem đĩa và việc đang chạy cùng lúc.", "Slow: look at the disk and at what else runs.")
	}
	return l
}

func ledger(f Facts) Line {
	l := line("ledger", "Sổ cái", "Ledger")
	return l.value(both("%d bản ghi", "%d entries", f.Entries))
}

// clock holds the machine's against the newest entry: entries never go back, so
// that a clock that did shows there.
func clock(f Facts) Line {
	l := line("clock", "Đồng hồ", "Clock")
	l = l.value(f.Now.In(ocop.Hanoi).Format("02/01/2006 15:04:05"), f.Now.In(ocop.Hanoi).Format("2006-01-02 15:04:05"))
	if ahead := f.Newest.Sub(f.Ledger); ahead > time.Second {
		vi, en := both("Đồng hồ đi sau bản ghi mới nhất %s: bật đồng bộ giờ (timedatectl set-ntp true), kiểm tra ngày của máy.", "The clock is %s behind the newest entry: switch time synchronisation on (timedatectl set-ntp true) and check the machine's day.", ahead.Round(time.Second))
		l = l.found(Act, "đồng-hồ", vi, en)
	}
	return l
}

func checkpoint(f Facts) Line {
	l := line("checkpoint", "Điểm chốt mới nhất", "Newest checkpoint")
	age := f.Now.Sub(f.Kept.At)
	switch {
	case f.KeptErr != nil:
		l = l.value("Không đọc được", "Cannot be read").found(Act, "báo-động-khi-dữ-liệu-bị-lùi", "Xem quyền của thư mục dữ liệu; đừng xóa tệp checkpoint.", "Look at the rights of the data directory; do not remove the checkpoint.")
	case f.Kept.At.IsZero():
		l = l.value("Chưa có", "None yet").found(Look, "báo-động-khi-dữ-liệu-bị-lùi", "Có sau một phút chạy. Nếu vẫn chưa có, xem quyền ghi vào thư mục dữ liệu.", "It comes within a minute. If it does not, look at the rights of the data directory.")
	default:
		l = l.value(both("%d bản ghi, cách đây %s", "%d entries, %s ago", f.Kept.Size, short(age)))
		if age > 10*time.Minute {
			l = l.found(Look, "báo-động-khi-dữ-liệu-bị-lùi", "Điểm chốt cũ: với nhiều máy chủ có thể máy khác giữ; nếu chỉ có một, xem việc nền và đĩa.", "It is old: another server may keep it; with one server, look at the tasks and the disk.")
		}
	}
	return l
}

func witnesses(f Facts) Line {
	l := line("witnesses", "Nhân chứng của báo động dữ liệu bị lùi", "Witnesses of the rollback alarm")
	switch k := f.Kept; {
	case k.Witnesses == 0:
		l = l.value("Không có", "None").found(Look, "báo-động-khi-dữ-liệu-bị-lùi", "Không bắt buộc. Không có nhân chứng thì hãy giữ một điểm chốt ở nơi khác: ocopflow audit checkpoint.", "Not required. Without one, keep a checkpoint elsewhere: ocopflow audit checkpoint.")
	case k.WitnessedAt.IsZero():
		l = l.value(both("%d, chưa nhân chứng nào ký", "%d, none has signed yet", k.Witnesses)).found(Look, "báo-động-khi-dữ-liệu-bị-lùi", "Xem nhật ký: a witness did not co-sign.", "Look in the log for: a witness did not co-sign.")
	default:
		l = l.value(both("%d, ký lần cuối cách đây %s", "%d, signed last %s ago", k.Witnesses, short(f.Now.Sub(k.WitnessedAt))))
		if f.Now.Sub(k.WitnessedAt) > time.Hour {
			l = l.found(Look, "báo-động-khi-dữ-liệu-bị-lùi", "Nhân chứng không ký hơn một giờ: xem mạng và nhật ký.", "No witness has signed for an hour: look at the network and the log.")
		}
	}
	return l
}

func backups(f Facts) Line {
	l := line("backups", "Sao lưu", "Backups")
	b := f.Backups
	const runbook = "ocopflowbackupold"
	switch age := f.Now.Sub(b.Newest); {
	case b.Dir == "":
		return l.value("Không tự sao lưu", "None are made by themselves").found(Act, "sao-lưu-và-khôi-phục", "Đặt OCOPFLOW_BACKUP_DIR, ở máy hoặc đĩa khác.", "Set OCOPFLOW_BACKUP_DIR, on another machine or disk.")
	case b.Err != nil:
		return l.value("Không đọc được thư mục", "The folder cannot be read").found(Act, runbook, "Xem thư mục sao lưu còn gắn không và quyền của nó.", "See whether the folder is mounted, and its rights.")
	case b.Newest.IsZero():
		return l.value("Chưa có", "None yet").found(Act, runbook, "Tìm “the backup failed” trong nhật ký, rồi chạy ocopflow backup.", "Look for “the backup failed” in the log, then run ocopflow backup.")
	default:
		l = l.value(both("mới nhất cách đây %s, đã đọc lại và đúng; có %d, giữ %d, mỗi %s", "newest %s ago, read back and found good; %d there, %d kept, every %s", short(age), b.Number, b.Keep, short(b.Every)))
		if age > 2*b.Every {
			l = l.found(Act, runbook, "Bản mới nhất quá cũ. Tìm “the backup failed” trong nhật ký.", "The newest is too old. Look for “the backup failed” in the log.")
		}
	}
	if !b.Sealed {
		l = l.found(Look, "sao-lưu-và-khôi-phục", "Không mã hóa: bản sao chứa dữ liệu cá nhân và khóa ký. Đặt OCOPFLOW_BACKUP_RECIPIENT.", "Not encrypted: backups hold personal data and the signing key. Set OCOPFLOW_BACKUP_RECIPIENT.")
	}
	return l
}

func jobs(f Facts) Line {
	l := line("jobs", "Việc nền", "Tasks")
	if f.JobsErr != nil {
		return l.value("Không đọc được", "Cannot be read").found(Act, "việc-nền", "Xem nhật ký tìm “jobs”, khởi động lại.", "Look in the log for “jobs”; restart.")
	}
	if len(f.Jobs) == 0 {
		return l.value("Không có việc hỏng hay trễ trong 24 giờ", "None failed or late within 24 hours")
	}
	var words []string
	for _, t := range f.Jobs {
		words = append(words, fmt.Sprintf("%s ×%d", t.Task, t.Failed+t.Late))
		if t.Lasts {
			l = l.found(Act, "việc-nền", "Lượt chạy gần nhất của một việc đã hỏng hoặc đang trễ: tìm tên việc trong nhật ký.", "The last run of a task failed, or one is late: look for its name in the log.")
		}
	}
	l = l.value(both("hỏng hoặc trễ trong 24 giờ: %s", "failed or late within 24 hours: %s", strings.Join(words, ", ")))
	return l.found(Look, "việc-nền", "Đã có việc hỏng, các lượt sau chạy được: tìm tên việc trong nhật ký.", "A task failed and ran again since: look for its name in the log.")
}

func timers(f Facts) Line {
	l := line("timers", "Việc đến hạn", "What fell due")
	l = l.value(both("%d chưa được thực hiện", "%d not yet done", f.Overdue))
	if f.Overdue > 100 {
		l = l.found(Look, "ocopflowtimerslate", "Tìm lỗi có “sweep” trong nhật ký; khởi động lại thì lượt quét chạy ngay.", "Look for errors with “sweep” in the log; a restart sweeps at once.")
	}
	return l
}

func mails(f Facts) Line {
	l := line("mails", "Thư", "Mails")
	if !f.MailsOn {
		return l.value("Không gửi thư", "No mail is sent")
	}
	return backlog(l, f.Mails, "thư", "Xem trang Thư: lỗi của từng thư; kiểm tra OCOPFLOW_SMTP.", "See the page of mails for the error of each; check OCOPFLOW_SMTP.")
}

func webhooks(f Facts) Line {
	return backlog(line("webhooks", "Webhook", "Webhooks"), f.Webhooks, "webhook", "Xem trang Webhook: trả lời của nơi nhận; nơi nhận hỏng lâu thì tắt đi.", "See the page of webhooks for what the receivers answered; switch off one that stays broken.")
}

func backlog(l Line, b store.Backlog, runbook, vi, en string) Line {
	l = l.value(both("%d đang chờ, %d chờ quá một giờ, %d hỏng trong 7 ngày", "%d waiting, %d of them over an hour, %d failed within 7 days", b.Waiting, b.Late, b.Failed))
	if b.Late > 0 || b.Failed > 0 {
		l = l.found(Look, runbook, vi, en)
	}
	return l
}
