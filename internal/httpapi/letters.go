package httpapi

import (
	"context"

	"ocopflow/internal/clerk"
	"ocopflow/internal/paper"
)

// PaperHeading is what the clerk fills in of a paper's head.
type PaperHeading struct {
	Unit   string `json:"unit,omitempty" maxLength:"100" doc:"id or code of the unit that issues it; the caller's own unless given"`
	Parent string `json:"parent,omitempty" maxLength:"500" doc:"body above the issuing one"`
	Issuer string `json:"issuer,omitempty" maxLength:"500" doc:"the unit's name unless given"`
	Number string `json:"number,omitempty" maxLength:"500" doc:"left to the hand unless given"`
	Day    string `json:"day,omitempty" maxLength:"10" doc:"YYYY-MM-DD; left to the hand unless given"`
	Place  string `json:"place,omitempty" maxLength:"500" doc:"the unit's place unless given"`
	Signer string `json:"signer,omitempty" maxLength:"500"`
}

type noticeIn struct {
	ByID
	InLang
	Number string `query:"number" maxLength:"500"`
	Day    string `query:"day" maxLength:"10" doc:"YYYY-MM-DD"`
	Signer string `query:"signer" maxLength:"500"`
	Chair  string `query:"chair" maxLength:"500" doc:"who chaired the meeting and concluded"`
}

// notice writes a campaign as the notice of a conclusion.
func (a *API) notice(format string) handler[noticeIn, fileOut] {
	return func(ctx context.Context, in *noticeIn) (*fileOut, error) {
		return drawnUp(ctx, "thong-bao-"+in.ID, format, func() (paper.Document, error) {
			return a.Clerk.Notice(ctx, sessionOf(ctx).Actor, in.ID, clerk.Heading{Number: in.Number, Day: in.Day, Signer: in.Signer}, in.Chair, in.of(ctx))
		})
	}
}

type decisionIn struct {
	InLang
	Body struct {
		PaperHeading
		Products []string `json:"products,omitempty" maxItems:"200" doc:"ids or codes"`
		Campaign string   `json:"campaign,omitempty" maxLength:"100" doc:"id or code: all its products that were scored"`
		Bases    []string `json:"bases,omitempty" maxItems:"200" doc:"what else the decision rests on"`
		Proposer string   `json:"proposer,omitempty" maxLength:"500"`
	}
}

func (a *API) decision(format string) handler[decisionIn, fileOut] {
	return func(ctx context.Context, in *decisionIn) (*fileOut, error) {
		return drawnUp(ctx, "quyet-dinh", format, func() (paper.Document, error) {
			return a.Clerk.Decision(ctx, sessionOf(ctx).Actor, clerk.Recognition{Heading: clerk.Heading(in.Body.PaperHeading), Products: in.Body.Products,
				Campaign: in.Body.Campaign, Bases: in.Body.Bases, Proposer: in.Body.Proposer}, in.of(ctx))
		})
	}
}

type invitationIn struct {
	InLang
	Body struct {
		PaperHeading
		To       []string `json:"to,omitempty" maxItems:"200"`
		Occasion string   `json:"occasion" maxLength:"500" doc:"what it is an invitation to"`
		Chair    string   `json:"chair,omitempty" maxLength:"500"`
		Time     string   `json:"time,omitempty" maxLength:"500"`
		Where    string   `json:"where,omitempty" maxLength:"500"`
		Text     []string `json:"text,omitempty" maxItems:"200" doc:"paragraphs"`
		Contact  string   `json:"contact,omitempty" maxLength:"500"`
		Products []string `json:"products,omitempty" maxItems:"200" doc:"ids or codes"`
	}
}

func (a *API) invitation(format string) handler[invitationIn, fileOut] {
	return func(ctx context.Context, in *invitationIn) (*fileOut, error) {
		b := in.Body
		return drawnUp(ctx, "giay-moi", format, func() (paper.Document, error) {
			return a.Clerk.Invitation(ctx, sessionOf(ctx).Actor, clerk.Letter{Heading: clerk.Heading(b.PaperHeading), To: b.To, Occasion: b.Occasion, Chair: b.Chair,
				Time: b.Time, Where: b.Where, Text: b.Text, Contact: b.Contact, Products: b.Products}, in.of(ctx))
		})
	}
}

type meetingIn struct {
	InLang
	Body struct {
		PaperHeading
		Title      string   `json:"title" maxLength:"500" doc:"what the meeting was about"`
		Opened     string   `json:"opened,omitempty" maxLength:"500"`
		Where      string   `json:"where,omitempty" maxLength:"500"`
		Present    []string `json:"present,omitempty" maxItems:"200"`
		Absent     []string `json:"absent,omitempty" maxItems:"200"`
		Chair      string   `json:"chair,omitempty" maxLength:"500"`
		Secretary  string   `json:"secretary,omitempty" maxLength:"500"`
		Text       []string `json:"text,omitempty" maxItems:"200" doc:"paragraphs"`
		Conclusion []string `json:"conclusion,omitempty" maxItems:"200" doc:"paragraphs"`
		Closed     string   `json:"closed,omitempty" maxLength:"500"`
	}
}

func (a *API) meeting(format string) handler[meetingIn, fileOut] {
	return func(ctx context.Context, in *meetingIn) (*fileOut, error) {
		b := in.Body
		return drawnUp(ctx, "bien-ban", format, func() (paper.Document, error) {
			return a.Clerk.Minutes(ctx, sessionOf(ctx).Actor, clerk.Meeting{Heading: clerk.Heading(b.PaperHeading), Title: b.Title, Opened: b.Opened, Where: b.Where,
				Present: b.Present, Absent: b.Absent, Chair: b.Chair, Secretary: b.Secretary, Text: b.Text, Conclusion: b.Conclusion, Closed: b.Closed}, in.of(ctx))
		})
	}
}

type campaignReportIn struct {
	InLang
	Body struct {
		PaperHeading
		Campaign     string   `json:"campaign" maxLength:"100" doc:"id or code"`
		Period       string   `json:"period,omitempty" maxLength:"500"`
		Difficulties []string `json:"difficulties,omitempty" maxItems:"200"`
		Proposals    []string `json:"proposals,omitempty" maxItems:"200"`
	}
}

func (a *API) campaignReport(format string) handler[campaignReportIn, fileOut] {
	return func(ctx context.Context, in *campaignReportIn) (*fileOut, error) {
		b := in.Body
		return drawnUp(ctx, "bao-cao", format, func() (paper.Document, error) {
			return a.Clerk.Report(ctx, sessionOf(ctx).Actor, clerk.Account{Heading: clerk.Heading(b.PaperHeading), Campaign: b.Campaign, Period: b.Period,
				Difficulties: b.Difficulties, Proposals: b.Proposals}, in.of(ctx))
		})
	}
}
