//go:build unix

package app

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

const trainingsPath = "/api/v1/trainings"

func trainingPlan() map[string]any {
	return map[string]any{"title": "Tập huấn Chương trình OCOP năm 2024", "campaign": "cam-xuyen-2024", "first_day": "2024-03-28", "last_day": "2024-03-29", "place": "Hội trường huyện",
		"topics": "Bộ tiêu chí", "organiser": "Văn phòng Điều phối", "lecturers": []string{"Bà Giảng"}, "capacity": 5,
		"agenda":  []map[string]any{{"day": "2024-03-28", "from": "07:30", "to": "11:30", "text": "Tiêu chí"}},
		"invited": []map[string]any{{"unit": "htx-phu-sang"}, {"unit": "tt-thien-cam"}, {"account": "producer-" + simWine}, {"name": "Ông Lạ", "phone": "0912345678"}}}
}

func TestATrainingIsHeld(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		planned := o.must(201, o.ask("office", "POST", trainingsPath, trainingPlan(), "Idempotency-Key", "k"))
		path := trainingsPath + "/" + planned.body["id"].(string)
		o.must(200, o.ask("office", "PATCH", path, map[string]any{"place": "Nhà văn hóa"}, "If-Match", `"1"`))
		o.must(412, o.ask("office", "PATCH", path, map[string]any{"place": "x"}, "If-Match", `"1"`))
		o.must(200, o.ask("office", "POST", path+"/invited", map[string]any{"invited": []map[string]any{{"unit": "ho-phan-khac-dat"}}}))
		o.must(422, o.ask("office", "POST", path+"/invited", map[string]any{"invited": []map[string]any{{"unit": "tam-moc-huong"}}}))
		o.must(204, o.ask("office", "DELETE", path+"/invited/2", nil))
		o.must(404, o.ask("office", "DELETE", path+"/invited/2", nil))
		o.must(422, o.ask("office", "POST", path+"/hold", nil))
		o.clock("2024-03-30")
		attendance := []map[string]any{{"number": 1, "days": []string{"2024-03-28", "2024-03-29"}}, {"number": 4, "days": []string{"2024-03-28"}}}
		o.must(422, o.ask("office", "POST", path+"/hold", map[string]any{"attendance": []map[string]any{{"number": 1, "days": []string{"2024-03-27"}}}}))
		o.must(422, o.ask("office", "POST", path+"/hold", map[string]any{"attendance": []map[string]any{{"number": 2, "days": []string{}}}}))
		held := o.must(200, o.ask("office", "POST", path+"/hold", map[string]any{"attendance": attendance}))
		if held.body["status"] != "held" || len(held.body["invited"].([]any)) != 4 {
			t.Errorf("%s", held.text)
		}
		o.must(409, o.ask("office", "PATCH", path, map[string]any{"place": "x"}))
		o.must(409, o.ask("office", "POST", path+"/cancel", map[string]any{"reason": "x"}))
		o.must(200, o.ask("office", "POST", path+"/hold", map[string]any{"attendance": []map[string]any{{"number": 5, "days": []string{"2024-03-29"}}}}))
		part := o.must(200, o.ask("producer-"+fishSauce, "GET", "/api/v1/products/"+o.product(fishSauce)+"/trainings", nil)).items()
		if len(part) != 1 || len(part[0]["days"].([]any)) != 2 {
			t.Errorf("the producer's trainings: %v", part)
		}
		totals := o.must(200, o.ask("leader", "GET", trainingsPath+"/totals?campaign=cam-xuyen-2024", nil)).items()
		if len(totals) != 3 || totals[0]["commune"].(map[string]any)["code"] != "tt-thien-cam" || totals[0]["attended"] != 1.0 {
			t.Errorf("totals: %v", totals)
		}
		o.must(403, o.ask("producer-"+fishSauce, "GET", trainingsPath+"/totals", nil))
		c, err := store.CampaignBy(context.Background(), o.app.DB, "cam-xuyen-2024")
		if err != nil {
			t.Fatal(err)
		}
		for day, want := range map[string]bool{"2024-03-27": false, "2024-03-28": true} {
			on, _ := ocop.ParseDate(day)
			first, err := store.TrainingHeld(context.Background(), o.app.DB, c.ID, on)
			if err != nil || (first != nil) != want {
				t.Errorf("held until %s: %v %v", day, first, err)
			}
		}
	})
}

func TestWhoSeesATrainingAndIsForgotten(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		o := openOffice(t, address)
		o.elsewhere()
		id := o.must(201, o.ask("office", "POST", trainingsPath, trainingPlan(), "Idempotency-Key", "k")).body["id"].(string)
		path := trainingsPath + "/" + id
		for who, want := range map[string]int{"office": 200, "office-province": 200, "auditor": 200, "leader": 200, "producer-" + fishSauce: 200, "producer-" + simWine: 200,
			o.commune(o.product(fishSauce)): 200, "dept-kinh-te-ha-tang": 404, "other-office": 404, "admin": 404, "": 401} {
			a := o.ask(who, "GET", path, nil)
			if a.status != want {
				t.Errorf("%s reads the training: %d, want %d", who, a.status, want)
			}
			if strings.HasPrefix(who, "producer") && strings.Contains(a.text, "0912345678") {
				t.Errorf("%s reads somebody's number", who)
			}
		}
		for _, who := range []string{"leader", "auditor", "producer-" + fishSauce} {
			o.must(403, o.ask(who, "PATCH", path, map[string]any{"place": "x"}))
			o.must(403, o.ask(who, "POST", trainingsPath, trainingPlan()))
			o.must(403, o.ask(who, "POST", path+"/hold", nil))
		}
		size := o.ledgerSize()
		for what, change := range map[string]map[string]any{"no title": {"title": ""}, "no day": {"first_day": nil}, "a capacity below nothing": {"capacity": -1}, "more than room": {"capacity": 1},
			"a number that is none": {"invited": []any{map[string]any{"name": "x", "phone": strings.Repeat("1", 31)}}}, "nobody": {"invited": []any{map[string]any{}}}, "no such account": {"invited": []any{map[string]any{"account": "none"}}},
			"twice": {"invited": []any{map[string]any{"name": "x"}, map[string]any{"name": "x"}}}, "a lecturer without a name": {"lecturers": []string{""}}, "long topics": {"topics": strings.Repeat("ă", 2001)}} {
			body := trainingPlan()
			for k, v := range change {
				body[k] = v
			}
			if a := o.ask("office", "POST", trainingsPath, body); a.status != 422 {
				t.Errorf("%s: %d %s", what, a.status, a.text)
			}
		}
		crowd := trainingPlan()
		var people []any
		for n := range 60 {
			people = append(people, map[string]any{"name": fmt.Sprintf("Người %d", n), "phone": "0900000000", "unit": "tt-thien-cam", "account": "office"})
		}
		crowd["invited"], crowd["capacity"] = people, 0
		o.must(201, o.ask("office", "POST", trainingsPath, crowd))
		crowd["invited"] = append(people, map[string]any{"name": "x"})
		o.must(422, o.ask("office", "POST", trainingsPath, crowd))
		if rows := o.search("ministry", "event=rows", 5); len(rows) > 0 {
			t.Errorf("sixty trainees do not fit into the entry of their training: %v", rows)
		}
		if size++; o.ledgerSize() != size {
			t.Error("refused plans left something behind")
		}
		entry := o.search("ministry", "stream=training:"+id, 1)[0]["index"]
		o.must(200, o.erase("privacy", entry, map[string]any{"fields": []string{"trainees.name", "trainees.phone"}, "reason": "Theo đơn"}))
		o.nowhere("0912345678")
		o.nowhere("Ông Lạ")
		o.verified(2)
		o.must(200, o.ask("office", "POST", path+"/cancel", map[string]any{"reason": "Hoãn"}))
	})
}
