//go:build unix

package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
	"ocopflow/internal/sqldb"
	"ocopflow/migrations"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func open(t *testing.T, address string) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if _, err := migrations.Up(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return db
}

// sets are all statements that take rows.
var sets = map[string]sqldb.Set{
	"setProducts": setProducts, "setOpenRounds": setOpenRounds, "setRoundCounts": setRoundCounts, "setJudgedRounds": setJudgedRounds, "setActs": setActs, "setTimersOf": setTimersOf, "setScoring": setScoring,
	"setClearTimers": setClearTimers, "setTimers": setTimers, "setDropTimers": setDropTimers, "setMarks": setMarks, "setExtensions": setExtensions, "setAnswers": setAnswers,
	"setByCredential": setByCredential, "setGrants": setGrants, "setDelegated": setDelegated,
	"setSaveAnswers": setSaveAnswers, "setDocuments": setDocuments, "setInspections": setInspections, "setRemedies": setRemedies, "setTripGuests": setTripGuests, "setTripInspections": setTripInspections, "setTrainees": setTrainees, "setProductsByCode": setProductsByCode, "setMaterials": setMaterials,
	"setPetitions": setPetitions, "setUnits": setUnits, "setUnitsByCode": setUnitsByCode, "setPetitionActs": setPetitionActs, "setPetitionTexts": setPetitionTexts, "setPetitionDocuments": setPetitionDocuments, "setPlanLines": setPlanLines,
	"setClearMatters": setClearMatters, "setDropMatters": setDropMatters, "setMatterMarks": setMatterMarks, "setMatterExtensions": setMatterExtensions,
	"setCertificates": setCertificates, "setTaken": setTaken, "setAttempts": setAttempts, "setCertificatesByNumber": setCertificatesByNumber,
	"setUnitsNamed": setUnitsNamed, "setProducersNamed": setProducersNamed, "setProductsNamed": setProductsNamed,
	"setBatchItems": setBatchItems, "setBatchesOf": setBatchesOf, "setSessionsOf": setSessionsOf, "setSamples": setSamples, "setWarnings": setWarnings, "setResultNotices": setResultNotices, "setPapers": setPapers, "setPaperParties": setPaperParties, "setPaperProducts": setPaperProducts, "setPaperFiles": setPaperFiles,
	"setDecisionsNumbered": setDecisionsNumbered, "setAwaitedOriginals": setAwaitedOriginals,
	"setWords":      setWords,
	"setStreamEnds": setStreamEnds,
	"setEntries":    setEntries, "setSubtrees": setSubtrees, "setPrivate": setPrivate, "setForget": setForget,
	"setCommitments": setCommitments, "setCampaignVersions": setCampaignVersions, "setCancelSessions": setCancelSessions, "setProducers": setProducers, "setAccountNames": setAccountNames, "setAccountsBelow": setAccountsBelow,
}

// writes are all statements made from a table.
var writes = map[string]write{
	"writeAccount":    writeAccount,
	"writeBatch":      writeBatch,
	"writeBatchStep":  writeBatchStep,
	"writeBatchItems": writeBatchItems,
	"writeBatchItem":  writeBatchItem,
	"writeSample":     writeSample,
	"writeSampleStep": writeSampleStep,
	"writePaper":      writePaper, "writePaperVoid": writePaperVoid, "writePaperParties": writePaperParties, "writePaperProducts": writePaperProducts, "writePaperFile": writePaperFile,
	"writeResultNotice":     writeResultNotice,
	"writeWarnings":         writeWarnings,
	"writePassword":         writePassword,
	"writeGrant":            writeGrant,
	"writeDisabled":         writeDisabled,
	"writeDelegation":       writeDelegation,
	"writeDelegationEnd":    writeDelegationEnd,
	"writeCredential":       writeCredential,
	"writeContact":          writeContact,
	"writeSettings":         writeSettings,
	"writeVerified":         writeVerified,
	"writeDelivery":         writeDelivery,
	"writeFeed":             writeFeed,
	"writeWebhook":          writeWebhook,
	"writeWebhookSecret":    writeWebhookSecret,
	"writeWebhookState":     writeWebhookState,
	"writeFactor":           writeFactor,
	"writeRecovery":         writeRecovery,
	"writeIdentity":         writeIdentity,
	"writeCampaign":         writeCampaign,
	"writeSetting":          writeSetting,
	"writeCertificates":     writeCertificates,
	"writeAmended":          writeAmended,
	"writeCouncil":          writeCouncil,
	"writeCouncilMember":    writeCouncilMember,
	"writeMarks":            writeMarks,
	"writeExtension":        writeExtension,
	"writeCalendar":         writeCalendar,
	"writeDocument":         writeDocument,
	"writeErasures":         writeErasures,
	"writeInspections":      writeInspections,
	"writeInspection":       writeInspection,
	"writeActs":             writeActs,
	"writeProducts":         writeProducts,
	"writeMoved":            writeMoved,
	"writeDue":              writeDue,
	"writeRounds":           writeRounds,
	"writeTimers":           writeTimers,
	"writeNoTimers":         writeNoTimers,
	"writeOpened":           writeOpened,
	"writeRepinned":         writeRepinned,
	"writeProcedure":        writeProcedure,
	"writeSelfScore":        writeSelfScore,
	"writeSession":          writeSession,
	"writeStep":             writeStep,
	"writeSeats":            writeSeats,
	"writeSeat":             writeSeat,
	"writeUnit":             writeUnit,
	"writeReview":           writeReview,
	"writeReviewStep":       writeReviewStep,
	"writeReviewNote":       writeReviewNote,
	"writeProducer":         writeProducer,
	"writeRemedies":         writeRemedies,
	"writeRemedy":           writeRemedy,
	"writePhoto":            writePhoto,
	"writePaperTemplate":    writePaperTemplate,
	"writePaperTemplateNew": writePaperTemplateNew,
	"writeTrip":             writeTrip,
	"writeTripStep":         writeTripStep,
	"writeTripGuests":       writeTripGuests,
	"writeTripGuest":        writeTripGuest,
	"writeTraining":         writeTraining,
	"writeTrainingStep":     writeTrainingStep,
	"writeTrainees":         writeTrainees,
	"writeTrainee":          writeTrainee,
	"writeMaterial":         writeMaterial,
	"writePlan":             writePlan,
	"writePetitions":        writePetitions, "writePetitionSteps": writePetitionSteps, "writePetitionMoves": writePetitionMoves, "writeOnBehalf": writeOnBehalf, "writeOnBehalfAnswer": writeOnBehalfAnswer, "writePetitionOutcomes": writePetitionOutcomes, "writePetitionParties": writePetitionParties,
	"writeMatterTimers": writeMatterTimers, "writeMatterMarks": writeMatterMarks, "writeMatterTold": writeMatterTold, "writePetitionDue": writePetitionDue,
	"writePetitionDocument": writePetitionDocument, "writeSupportPlan": writeSupportPlan, "writeSupportPlanStep": writeSupportPlanStep, "writePlanLines": writePlanLines,
	"writeJoin":      writeJoin,
	"writeDuty":      writeDuty,
	"writeDutyStep":  writeDutyStep,
	"writeDecisions": writeDecisions, "writeDecisionStep": writeDecisionStep, "writeDecisionFiled": writeDecisionFiled, "writeDecisionProducts": writeDecisionProducts, "writeOriginals": writeOriginals,
	"writeCorrection":     writeCorrection,
	"writeCorrectionStep": writeCorrectionStep,
	"writeCorrected":      writeCorrected,
	"writeRenamedUnit":    writeRenamedUnit,
	"writeOwner":          writeOwner,
}

// constants are all statements of the package, read from its source so that a
// new one cannot be forgotten.
func constants(t *testing.T) (texts map[string]string, setNames []string) {
	t.Helper()
	texts = map[string]string{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]ast.Expr{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok {
				for i, id := range spec.Names {
					if i < len(spec.Values) {
						values[id.Name] = spec.Values[i]
					}
					if strings.HasPrefix(id.Name, "set") || strings.HasPrefix(id.Name, "write") {
						setNames = append(setNames, id.Name)
					}
				}
			}
			return true
		})
	}
	var text func(ast.Expr) string
	text = func(e ast.Expr) string {
		switch e := e.(type) {
		case *ast.BasicLit:
			return strings.Trim(e.Value, "`\"")
		case *ast.BinaryExpr:
			return text(e.X) + text(e.Y)
		case *ast.Ident:
			return text(values[e.Name])
		}
		return ""
	}
	for name, v := range values {
		if strings.HasPrefix(name, "sql") {
			texts[name] = text(v)
		}
	}
	return texts, setNames
}

func TestEveryStatementIsPreparedOnBothDatabases(t *testing.T) {
	t.Parallel()
	texts, names := constants(t)
	for _, name := range names {
		_, set := sets[name]
		if _, made := writes[name]; !set && !made {
			t.Errorf("%s is missing from the table of statements", name)
		}
	}
	dbtest.Each(t, func(t *testing.T, address string) {
		db := open(t, address)
		prepare := func(name, text string) {
			s, err := db.Writer().PrepareContext(t.Context(), text)
			if err != nil {
				t.Errorf("%s: %v\n%s", name, err, text)
				return
			}
			s.Close()
		}
		for name, text := range texts {
			prepare(name, db.Dialect().Text(text))
		}
		for name, s := range sets {
			prepare(name, s.Text(db.Dialect()))
		}
		for name, w := range writes {
			prepare(name, w.set.Text(db.Dialect()))
		}
		t.Logf("%d statements, %d sets", len(texts), len(sets))
	})
}

func TestEntriesAreAppendOnly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		db := open(t, address)
		insert := `INSERT INTO entries (idx, stream, seq, at, actor, kind, event, product, round, hash, body) VALUES (0, 's', 1, 0, 'a', 'k', 'e', NULL, NULL, 'h', '{}')`
		subtree := `INSERT INTO subtrees (level, idx, hash) VALUES (1, 0, 'h')`
		for _, text := range []string{insert, subtree} {
			if _, err := db.Writer().ExecContext(t.Context(), text); err != nil {
				t.Fatal(err)
			}
		}
		forbidden := []string{
			`UPDATE entries SET body = 'x'`, `DELETE FROM entries`, `UPDATE subtrees SET hash = 'x'`, `DELETE FROM subtrees`,
		}
		if db.Dialect() == sqldb.Postgres {
			forbidden = append(forbidden, `TRUNCATE entries`, `TRUNCATE subtrees`)
		} else {
			forbidden = append(forbidden, strings.Replace(insert, "INSERT", "REPLACE", 1), strings.Replace(subtree, "INSERT", "INSERT OR REPLACE", 1))
		}
		for _, text := range forbidden {
			if _, err := db.Writer().ExecContext(t.Context(), text); err == nil {
				t.Errorf("%s was let through", text)
			}
		}
	})
}

// ownTables are those of the ledger itself, of answers that live 30 days, of how
// far each person has read, which is no business of the programme, of mails, which
// repeat what marks say and are forgotten once sent, of deliveries to webhooks,
// which repeat entries and are forgotten once taken, and
// of documents' contents, which their hashes name.
var ownTables = []string{"entries", "subtrees", "ledger_head", "private_values", "idempotency", "attempts", "used_steps", "notice_readings", "mail_readings", "mails", "webhook_heads", "deliveries", "delivery_attempts", "product_words", "blobs", "uploads", "upload_pieces", "goose_db_version", "sqlite_sequence"}

func TestEveryColumnOfTheProgrammesDataIsTold(t *testing.T) {
	t.Parallel()
	db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	rows, err := db.Query(t.Context(), `SELECT m.name, c.name, c.type, c."notnull" OR c.pk > 0, c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	kinds := map[string]sqldb.Kind{"TEXT": sqldb.Text, "BIGINT": sqldb.Int, "INTEGER": sqldb.Int, "BOOLEAN": sqldb.Bool, "BYTEA": sqldb.Bytes}
	seen := map[string]int{}
	for rows.Next() {
		var name, column, kind string
		var filled bool
		var key int
		if err := rows.Scan(&name, &column, &kind, &filled, &key); err != nil {
			t.Fatal(err)
		}
		if slices.Contains(ownTables, name) || strings.HasPrefix(name, "river_") {
			continue
		}
		seen[name]++
		told := TableNamed(name)
		if told == nil {
			t.Errorf("table %s is not told", name)
			continue
		}
		c, ok := told.Column(column)
		if !ok || c.Kind != kinds[kind] || c.Null == filled || (key > 0) != slices.Contains(told.Key, column) {
			t.Errorf("column %s.%s is declared as %+v", name, column, c)
		}
	}
	for _, told := range Tables {
		if seen[told.Name] != len(told.Columns) {
			t.Errorf("table %s has %d columns, declared are %d", told.Name, seen[told.Name], len(told.Columns))
		}
	}
}

// What a producer brought for all its products is found by the producer, not among
// what all producers brought.
func TestDocumentsOfAProductAreFoundByItsProducer(t *testing.T) {
	t.Parallel()
	db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	rows, err := db.Query(t.Context(), "EXPLAIN QUERY PLAN "+setDocuments.Text(sqldb.SQLite), `[["a"]]`)
	plan, err := collect(rows, err, "plan", scanPlan)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(plan, "; "); !strings.Contains(got, "documents_owner (producer=? AND product=?)") {
		t.Error(got)
	}
}

func scanPlan(s scanner) (detail string, err error) {
	var id, parent, unused int64
	err = s.Scan(&id, &parent, &unused, &detail)
	return detail, err
}

// An auditor's search for a person, a product or an event walks an index.
func TestSearchesWalkAnIndex(t *testing.T) {
	t.Parallel()
	db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	after := int64(100)
	for index, s := range map[string]Search{"entries_actor": {Actor: "a"}, "entries_product": {Product: "p"}, "entries_event": {Event: "e"}, "entries_kind": {Kind: "refusal"}} {
		for _, oldest := range []bool{false, true} {
			s.Oldest, s.After, s.Limit = oldest, &after, 50
			text, args := s.statement()
			rows, err := db.Query(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
			plan, err := collect(rows, err, "plan", scanPlan)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(plan, "; "); !strings.Contains(got, "USING INDEX "+index) || strings.Contains(got, "TEMP B-TREE") {
				t.Errorf("%s, oldest first %v: %s", index, oldest, got)
			}
		}
	}
}
