package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ocopflow/internal/council"
	"ocopflow/internal/draw"
)

// signedIn marks an operation that needs a session or a token.
var signedIn = []map[string][]string{{"bearer": {}}, {"session": {}}}

// routes are all operations, on one screen.
func (a *API) routes(api huma.API) {
	r := router{a, api}
	get(r, "/api/v1/products", "list-products", "Products", a.listProducts)
	post(r, "/api/v1/products", "register-product", "Products", 201, a.registerProduct)
	get(r, "/api/v1/products/{id}", "get-product", "Products", a.getProduct, a.visible(api))
	get(r, "/api/v1/products/{id}/actions", "list-actions", "Products", a.listActions, a.visible(api))
	post(r, "/api/v1/products/{id}/transitions", "move-product", "Products", 200, a.moveProduct, a.visible(api))
	get(r, "/api/v1/products/{id}/history", "product-history", "Products", a.history, a.visible(api))
	get(r, "/api/v1/products/{id}/documents", "list-documents", "Documents", a.listDocuments, a.visible(api))
	get(r, "/api/v1/products/{id}/deadlines", "list-deadlines", "Products", a.listDeadlines, a.visible(api))
	get(r, "/api/v1/products/{id}/graph.svg", "draw-product", "Products", a.productGraph, a.visible(api))
	post(r, "/api/v1/deadlines/{id}/extension", "extend-deadline", "Campaigns", 201, a.extendDeadline)
	get(r, "/api/v1/products/{id}/rounds", "list-rounds", "Products", a.listRounds, a.visible(api))
	get(r, "/api/v1/products/{id}/inspections", "list-inspections", "Inspections", a.listInspections, a.visible(api))
	post(r, "/api/v1/products/{id}/inspections", "plan-inspection", "Inspections", 201, a.planInspection, a.visible(api))
	get(r, "/api/v1/inspections/{id}", "get-inspection", "Inspections", a.getInspection)
	patch(r, "/api/v1/inspections/{id}", "record-inspection", "Inspections", a.recordInspection)
	a.fieldworkRoutes(r)
	a.batchRoutes(r)
	a.sampleRoutes(r)
	a.correspondenceRoutes(r)
	a.announceRoutes(r)
	a.supportRoutes(r)
	a.correctionRoutes(r)
	a.decisionRoutes(r)
	a.expiryRoutes(r)
	a.recognisedRoutes(r)
	a.endingRoutes(r)
	a.noticeRoutes(r)
	a.contactRoutes(r)
	a.feedRoutes(r)
	a.healthRoutes(r)
	a.webhookRoutes(r)
	a.campaignRoutes(r)
	a.documentRoutes(r)
	a.clerkRoutes(r)
	a.importRoutes(r)
	a.exportRoutes(r)
	get(r, "/api/v1/products/{id}/self-score", "get-self-score", "Scoring", a.getSelfScore, a.visible(api))
	post(r, "/api/v1/products/{id}/self-score", "self-score", "Scoring", 200, a.selfScore, a.visible(api))
	get(r, "/api/v1/products/{id}/path", "path-to-stars", "Scoring", a.pathTo, a.visible(api))
	get(r, "/api/v1/councils", "list-councils", "Scoring", a.listCouncils)
	post(r, "/api/v1/councils", "appoint-council", "Scoring", 201, a.appointCouncil)
	get(r, "/api/v1/councils/{id}", "get-council", "Scoring", a.getCouncil)
	get(r, "/api/v1/scoring-sessions", "list-sessions", "Scoring", a.listSessions)
	post(r, "/api/v1/scoring-sessions", "begin-session", "Scoring", 201, a.beginSession)
	get(r, "/api/v1/scoring-sessions/{id}", "get-session", "Scoring", a.getSession)
	post(r, "/api/v1/scoring-sessions/{id}/declaration", "declare-conflict", "Scoring", 200, a.declare)
	put(r, "/api/v1/scoring-sessions/{id}/agreed", "agree-evidence", "Scoring", a.agree)
	put(r, "/api/v1/scoring-sessions/{id}/sheets/me", "save-sheet", "Scoring", a.saveSheet)
	post(r, "/api/v1/scoring-sessions/{id}/sheets/me/seal", "seal-sheet", "Scoring", 200, a.sealSheet)
	post(r, "/api/v1/scoring-sessions/{id}/open", "open-sheets", "Scoring", 200, a.step("open", openSheets))
	post(r, "/api/v1/scoring-sessions/{id}/rescore", "score-again", "Scoring", 200, a.step("rescore", (*council.Desk).Rescore))
	post(r, "/api/v1/scoring-sessions/{id}/close", "close-session", "Scoring", 200, a.step("close", closeSession))
	post(r, "/api/v1/scoring-sessions/{id}/cancel", "cancel-session", "Scoring", 200, a.step("cancel", (*council.Desk).Cancel))
	for _, format := range []string{"pdf", "docx"} {
		get(r, "/api/v1/scoring-sessions/{id}/minutes."+format, "minutes-"+format, "Scoring", a.minutes(format))
		get(r, "/api/v1/scoring-sessions/{id}/sheets/{account}/{turn}/sheet."+format, "sheet-"+format, "Scoring", a.sheetPaper(format))
	}
	bulk(r, "/api/v1/transitions", "move-products", "Products", a.moveMany)
	get(r, "/api/v1/reports", "report", "Products", a.report)
	get(r, "/api/v1/worklist", "worklist", "Products", a.worklist)
	get(r, "/api/v1/campaigns", "list-campaigns", "Campaigns", a.listCampaigns)
	post(r, "/api/v1/campaigns", "import-campaign", "Campaigns", 201, a.importCampaign)
	get(r, "/api/v1/campaigns/{id}", "get-campaign", "Campaigns", a.getCampaign)
	get(r, "/api/v1/producers", "list-producers", "Producers", a.listProducers)
	post(r, "/api/v1/producers", "add-producer", "Producers", 201, a.addProducer)
	get(r, "/api/v1/units", "list-units", "Units", a.listUnits)
	post(r, "/api/v1/units", "add-unit", "Units", 201, a.addUnit)
	get(r, "/api/v1/accounts", "list-accounts", "People", a.listAccounts)
	post(r, "/api/v1/accounts", "add-account", "People", 201, a.addAccount)
	get(r, "/api/v1/accounts/{id}", "get-account", "People", a.getAccount)
	post(r, "/api/v1/accounts/{id}/disable", "disable-account", "People", 200, a.disableAccount(true))
	post(r, "/api/v1/accounts/{id}/enable", "enable-account", "People", 200, a.disableAccount(false))
	post(r, "/api/v1/accounts/{id}/roles", "grant-role", "People", 201, a.grantRole)
	remove(r, "/api/v1/accounts/{id}/roles/{grant}", "revoke-role", "People", a.revokeRole)
	get(r, "/api/v1/delegations", "list-delegations", "People", a.listDelegations)
	post(r, "/api/v1/delegations", "delegate", "People", 201, a.delegate)
	remove(r, "/api/v1/delegations/{id}", "end-delegation", "People", a.endDelegation)
	post(r.open(), "/api/v1/auth/session", "sign-in", "People", 200, a.signIn)
	get(r, "/api/v1/auth/session", "who-am-i", "People", a.whoAmI)
	remove(r, "/api/v1/auth/session", "sign-out", "People", a.signOut)
	a.securityRoutes(r)
	get(r, "/api/v1/tokens", "list-tokens", "People", a.listTokens)
	post(r, "/api/v1/tokens", "add-token", "People", 201, a.addToken)
	remove(r, "/api/v1/tokens/{id}", "remove-token", "People", a.removeToken)
	get(r, "/api/v1/certificates/{number}", "get-certificate", "Certificates", a.getCertificate)
	get(r.open(), "/api/v1/verify/{number}", "verify-certificate", "Certificates", a.verify)
	get(r.open(), "/api/v1/verify/{number}/certificate.pdf", "certificate-pdf", "Certificates", a.certificatePDF)
	get(r.open(), "/api/v1/verify/{number}/qr.png", "certificate-qr", "Certificates", a.certificateQR)
	get(r.open(), "/api/v1/verify/{number}/evidence", "certificate-evidence", "Certificates", a.evidence)
	get(r.open(), "/api/v1/audit/key", "ledger-key", "Audit", a.ledgerKey)
	get(r.open(), "/api/v1/audit/keys", "ledger-keys", "Audit", a.ledgerKeys)
	get(r.open(), "/api/v1/workflows", "list-workflows", "Procedures", a.listWorkflows)
	get(r.open(), "/api/v1/workflows/{name}/{version}", "get-workflow", "Procedures", a.getWorkflow)
	for _, format := range draw.Formats {
		get(r.open(), "/api/v1/workflows/{name}/{version}/graph."+format, "draw-workflow-"+format, "Procedures", a.graph(format))
	}
	get(r.open(), "/api/v1/workflows/{name}/{version}/diff/{other}", "diff-workflows", "Procedures", a.diffWorkflows)
	get(r.open(), "/api/v1/criteria", "list-criteria", "Procedures", a.listCriteria)
	get(r.open(), "/api/v1/criteria/{version}/{set}", "get-criteria", "Procedures", a.getCriteria)
	get(r.open(), "/api/v1/calendars", "list-calendars", "Procedures", a.listCalendars)
	get(r.open(), "/api/v1/calendars/{name}", "get-calendar", "Procedures", a.getCalendar)
	post(r, "/api/v1/calendars", "import-calendar", "Procedures", 201, a.importCalendar)
	get(r.open(), "/api/v1/audit/checkpoint", "ledger-checkpoint", "Audit", a.checkpoint)
	get(r, "/api/v1/audit/entries", "search-entries", "Audit", a.searchEntries)
	get(r, "/api/v1/audit/flags", "list-flags", "Audit", a.listFlags)
	get(r, "/api/v1/audit/reviews", "list-reviews", "Audit", a.listReviews)
	post(r, "/api/v1/audit/reviews", "open-review", "Audit", 201, a.openReview)
	get(r, "/api/v1/audit/reviews/{id}", "get-review", "Audit", a.getReview)
	post(r, "/api/v1/audit/reviews/{id}/notes", "note-review", "Audit", 201, a.noteReview)
	post(r, "/api/v1/audit/reviews/{id}/close", "close-review", "Audit", 200, a.closeReview)
	get(r, "/api/v1/audit/roles/{id}", "roles-then", "Audit", a.rolesThen)
	get(r, "/api/v1/audit/procedures", "procedures-then", "Audit", a.proceduresThen)
	get(r, "/api/v1/products/{id}/diff", "product-diff", "Audit", a.productDiff, a.visible(api))
	get(r, "/api/v1/audit/consistency", "ledger-consistency", "Audit", a.consistency)
	get(r, "/api/v1/audit/entries/{index}/proof", "entry-proof", "Audit", a.entryProof)
	post(r, "/api/v1/audit/entries/{index}/erasure", "erase", "Audit", 200, a.erase)
	get(r, "/api/v1/audit/erasures", "list-erasures", "Audit", a.listErasures)
	get(r.open(), "/healthz", "healthz", "Operations", a.healthz)
	get(r.open(), "/readyz", "readyz", "Operations", a.readyz)
	if a.SetClock != nil {
		get(r.open(), "/api/v1/demo/clock", "demo-clock", "Demo", a.demoClock)
		put(r, "/api/v1/demo/clock", "move-demo-clock", "Demo", a.moveClock)
	}
}

// router registers operations with what they share.
type router struct {
	a   *API
	api huma.API
}

// public registers operations that need no sign-in.
type public struct{ router }

func (r router) open() public { return public{r} }

type registrar interface {
	operation(huma.Operation) (router, huma.Operation)
}

func (r router) operation(op huma.Operation) (router, huma.Operation) {
	op.Security = signedIn
	return r, op
}

func (p public) operation(op huma.Operation) (router, huma.Operation) { return p.router, op }

type handler[I, O any] = func(context.Context, *I) (*O, error)

type middleware = func(huma.Context, func(huma.Context))

func add[I, O any](g registrar, op huma.Operation, h handler[I, O], m []middleware) {
	r, op := g.operation(op)
	op.Middlewares = m
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = maxBody
	}
	huma.Register(r.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			return nil, r.a.problem(ctx, err)
		}
		return out, nil
	})
}

func get[I, O any](g registrar, path, id, tag string, h handler[I, O], m ...middleware) {
	add(g, huma.Operation{Method: http.MethodGet, Path: path, OperationID: id, Tags: []string{tag}}, h, m)
}

func post[I, O any](g registrar, path, id, tag string, status int, h handler[I, O], m ...middleware) {
	add(g, huma.Operation{Method: http.MethodPost, Path: path, OperationID: id, Tags: []string{tag}, DefaultStatus: status}, h, m)
}

func bulk[I, O any](g registrar, path, id, tag string, h handler[I, O]) {
	add(g, huma.Operation{Method: http.MethodPost, Path: path, OperationID: id, Tags: []string{tag}, DefaultStatus: 200, MaxBodyBytes: maxBulk}, h, nil)
}

func put[I, O any](g registrar, path, id, tag string, h handler[I, O], m ...middleware) {
	add(g, huma.Operation{Method: http.MethodPut, Path: path, OperationID: id, Tags: []string{tag}}, h, m)
}

func patch[I, O any](g registrar, path, id, tag string, h handler[I, O], m ...middleware) {
	add(g, huma.Operation{Method: http.MethodPatch, Path: path, OperationID: id, Tags: []string{tag}}, h, m)
}

func remove[I, O any](g registrar, path, id, tag string, h handler[I, O], m ...middleware) {
	add(g, huma.Operation{Method: http.MethodDelete, Path: path, OperationID: id, Tags: []string{tag}, DefaultStatus: 204}, h, m)
}
