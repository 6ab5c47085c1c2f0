package web

import (
	"strconv"
	"strings"
	"time"

	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// messages are all words of the pages that do not come from a procedure.
var messages = map[string]ocop.Text{
	"skip":                    {Vi: "Đến nội dung chính", En: "Skip to the content"},
	"menu":                    {Vi: "Trình đơn", En: "Menu"},
	"live_changed":            {Vi: "vừa được thay đổi bởi", En: "was just changed by"},
	"live_show":               {Vi: "Xem bản mới", En: "Show it"},
	"stale_changes":           {Vi: "Từ khi bạn mở trang này", En: "Since you opened this page"},
	"stale_again":             {Vi: "Nội dung bạn nhập vẫn còn bên dưới. Hãy xem thay đổi trên, rồi gửi lại nếu vẫn đúng.", En: "What you typed is still below. Read what changed, and send it again if it still holds."},
	"paper_there":             {Vi: "có", En: "there"},
	"paper_missing":           {Vi: "còn thiếu", En: "missing"},
	"paper_lapsed":            {Vi: "không còn giá trị", En: "no longer valid"},
	"paper_for":               {Vi: "Cần cho", En: "Needed for"},
	"paper_by":                {Vi: "Ai nộp", En: "Brought by"},
	"paper_bring":             {Vi: "Nộp tài liệu này", En: "Bring this document"},
	"valid_until":             {Vi: "có giá trị đến", En: "valid until"},
	"tasks_overdue":           {Vi: "Đã quá hạn", En: "Overdue"},
	"tasks_week":              {Vi: "Trong 7 ngày tới", En: "Within a week"},
	"tasks_later":             {Vi: "Sau đó", En: "Later"},
	"tasks_undated":           {Vi: "Không có thời hạn", En: "Without a deadline"},
	"all_tasks":               {Vi: "Xem tất cả việc của tôi", En: "See all my work"},
	"sessions_waiting":        {Vi: "Phiên chấm đang chờ bạn", En: "Scoring sessions that wait for you"},
	"own_products":            {Vi: "Sản phẩm tôi phụ trách", En: "Products I answer for"},
	"find_product":            {Vi: "Tìm sản phẩm", En: "Find a product"},
	"find":                    {Vi: "Tìm", En: "Find"},
	"acting_for":              {Vi: "thay mặt", En: "acting for"},
	"ledger_entries":          {Vi: "Số bản ghi trong sổ cái", En: "Entries in the ledger"},
	"a_filing_day":            {Vi: "ngày nộp hồ sơ", En: "a filing day"},
	"a_new_number":            {Vi: "số chưa dùng", En: "a new number"},
	"before_day":              {Vi: "trước", En: "before"},
	"another_person":          {Vi: "người khác", En: "another person"},
	"start":                   {Vi: "Hôm nay", En: "Today"},
	"theme_dark":              {Vi: "Nền tối", En: "Dark"},
	"theme_light":             {Vi: "Nền sáng", En: "Light"},
	"worklist":                {Vi: "Việc của tôi", En: "My work"},
	"products":                {Vi: "Sản phẩm", En: "Products"},
	"product":                 {Vi: "Sản phẩm", En: "Product"},
	"campaigns":               {Vi: "Kế hoạch năm", En: "Campaigns"},
	"campaign":                {Vi: "Kế hoạch năm", En: "Campaign"},
	"procedures":              {Vi: "Quy trình", En: "Procedures"},
	"demo_clock":              {Vi: "Ngày thử nghiệm", En: "Demo day"},
	"move_on":                 {Vi: "Chuyển tới", En: "Move on"},
	"sign_in":                 {Vi: "Đăng nhập", En: "Sign in"},
	"password_must_change":    {Vi: "Mật khẩu này do người quản trị cấp. Hãy đổi mật khẩu trước khi làm việc khác.", En: "An administrator gave you this password. Change it before anything else."},
	"settings":                {Vi: "Thiết lập của tôi", En: "My settings"},
	"change_password":         {Vi: "Đổi mật khẩu", En: "Change password"},
	"password_changed":        {Vi: "Đã đổi mật khẩu; các phiên đăng nhập khác đã kết thúc.", En: "The password was changed, and the other sessions were ended."},
	"present_password":        {Vi: "Mật khẩu hiện tại", En: "Present password"},
	"next_password":           {Vi: "Mật khẩu mới", En: "New password"},
	"password_rules":          {Vi: "Ít nhất 10 ký tự, không phải mật khẩu phổ biến, không chỉ gồm tên đăng nhập, tên đơn vị và chữ số.", En: "At least 10 characters, not a common password, and more than your name for signing in, your unit's name and figures."},
	"my_sessions":             {Vi: "Các phiên đăng nhập", En: "Where I am signed in"},
	"sign_out_everywhere":     {Vi: "Đăng xuất ở mọi nơi", En: "Sign out everywhere"},
	"my_tokens":               {Vi: "Khóa truy cập cho phần mềm", En: "Tokens for programs"},
	"no_tokens":               {Vi: "Bạn chưa có khóa nào.", En: "You have no tokens."},
	"begun":                   {Vi: "Bắt đầu", En: "Begun"},
	"runs_out":                {Vi: "Hết hạn", En: "Runs out"},
	"used_from":               {Vi: "Trình duyệt hoặc tên", En: "Browser or label"},
	"this_one":                {Vi: "đang dùng", En: "in use now"},
	"end_it":                  {Vi: "Kết thúc", En: "End"},
	"sign_out":                {Vi: "Đăng xuất", En: "Sign out"},
	"name":                    {Vi: "Tên đăng nhập", En: "Name"},
	"password":                {Vi: "Mật khẩu", En: "Password"},
	"what_it_is":              {Vi: "Quản lý quy trình Chương trình Mỗi xã một sản phẩm: từ ý tưởng đến chứng nhận, có lịch sử không thể sửa lén.", En: "The One Commune One Product programme from idea to certificate, with a history that nobody can change unseen."},
	"demo_hint":               {Vi: "Bản thử nghiệm: tên và mật khẩu của từng vai trò in ở cửa sổ lệnh đã khởi động chương trình. Ví dụ: office, leader, commune-cam-my.", En: "This is the demo: the names and the password of every role are printed where the program was started. For example: office, leader, commune-cam-my."},
	"true":                    {Vi: "có", En: "yes"},
	"false":                   {Vi: "không", En: "no"},
	"check_certificate":       {Vi: "Tra cứu giấy chứng nhận theo số", En: "Check a certificate by its number"},
	"check":                   {Vi: "Tra cứu", En: "Check"},
	"search":                  {Vi: "Tìm theo tên (không cần dấu)", En: "Search by name (diacritics not needed)"},
	"state":                   {Vi: "Trạng thái", En: "State"},
	"track":                   {Vi: "Loại lượt đánh giá", En: "Track"},
	"all":                     {Vi: "Tất cả", En: "All"},
	"filter":                  {Vi: "Lọc", En: "Filter"},
	"overdue":                 {Vi: "Quá hạn", En: "Overdue"},
	"producer":                {Vi: "Chủ thể", En: "Producer"},
	"commune":                 {Vi: "Xã, thị trấn", En: "Commune"},
	"stars":                   {Vi: "Hạng sao", En: "Stars"},
	"due":                     {Vi: "Thời hạn", En: "Due"},
	"unknown":                 {Vi: "chưa rõ", En: "unknown"},
	"assumed":                 {Vi: "giả định", En: "assumed"},
	"more":                    {Vi: "Trang sau", En: "Next page"},
	"no_products":             {Vi: "Không có sản phẩm nào khớp. Hãy bỏ bớt điều kiện lọc, hoặc đăng ký sản phẩm mới.", En: "No product matches. Loosen the filter, or register a new product."},
	"new_product":             {Vi: "Đăng ký sản phẩm mới", En: "Register a new product"},
	"register":                {Vi: "Đăng ký", En: "Register"},
	"set":                     {Vi: "Bộ tiêu chí", En: "Criteria set"},
	"steps":                   {Vi: "Các bước", En: "Steps"},
	"what_i_can_do":           {Vi: "Tôi có thể làm gì", En: "What I can do"},
	"why_not":                 {Vi: "Chưa làm được, vì sao", En: "Not possible now, and why"},
	"nothing_now":             {Vi: "Lúc này bạn không có thao tác nào với sản phẩm này.", En: "There is nothing for you to do with this product now."},
	"reason":                  {Vi: "Lý do", En: "Reason"},
	"comment":                 {Vi: "Ghi chú", En: "Comment"},
	"history":                 {Vi: "Lịch sử", En: "History"},
	"erase":                   {Vi: "Xóa dữ liệu cá nhân", En: "Erase personal data"},
	"erase_sure":              {Vi: "Tôi chắc chắn: nội dung riêng tư của bản ghi này bị xóa hẳn, không thể hoàn tác; lý do được giữ lại.", En: "I am sure: the private content of this entry goes for good and cannot be brought back; the reason is kept."},
	"erased_by":               {Vi: "Đã xóa theo yêu cầu bởi {by} ngày {on}", En: "Erased on request by {by} on {on}"},
	"name_erased":             {Vi: "(tên tệp đã xóa theo yêu cầu)", En: "(name erased on request)"},
	"refused":                 {Vi: "bị từ chối", En: "refused"},
	"rejected":                {Vi: "không được chấp thuận", En: "rejected"},
	"level":                   {Vi: "Cấp đánh giá", En: "Level"},
	"certificate":             {Vi: "Giấy chứng nhận", En: "Certificate"},
	"result":                  {Vi: "Kết quả chấm", En: "Result"},
	"mean":                    {Vi: "điểm trung bình", En: "mean"},
	"by_points":               {Vi: "theo điểm", En: "by points"},
	"by_floors":               {Vi: "theo yêu cầu tối thiểu", En: "by floors"},
	"missed":                  {Vi: "chưa đạt tiêu chí", En: "missed criteria"},
	"documents":               {Vi: "Tài liệu", En: "Documents"},
	"no_documents":            {Vi: "Chưa có tài liệu nào.", En: "No documents yet."},
	"kind":                    {Vi: "Loại tài liệu", En: "Kind of document"},
	"file":                    {Vi: "Tệp", En: "File"},
	"upload":                  {Vi: "Tải lên", En: "Upload"},
	"inspections":             {Vi: "Kiểm tra thực tế", En: "Field inspections"},
	"no_inspections":          {Vi: "Chưa có lần kiểm tra nào.", En: "No inspections yet."},
	"held":                    {Vi: "đã kiểm tra ngày", En: "held on"},
	"held_on":                 {Vi: "Ngày đã kiểm tra", En: "Held on"},
	"planned":                 {Vi: "dự kiến", En: "planned"},
	"open_remedies":           {Vi: "nội dung phải khắc phục", En: "open remedies"},
	"save":                    {Vi: "Lưu", En: "Save"},
	"saved":                   {Vi: "Đã ghi nhận.", En: "It is on record."},
	"actual":                  {Vi: "Hiện có", En: "Now"},
	"required":                {Vi: "Cần", En: "Needed"},
	"cure_by":                 {Vi: "Ai khắc phục được", En: "Who can cure it"},
	"unverified":              {Vi: "quy định chưa kiểm chứng", En: "rule not verified"},
	"yes":                     {Vi: "Có", En: "Yes"},
	"no":                      {Vi: "Không", En: "No"},
	"one_per_line":            {Vi: "mỗi dòng một mục", En: "one per line"},
	"you_can":                 {Vi: "Bạn có thể", En: "You can"},
	"you_must":                {Vi: "Đang chờ bạn bổ sung", En: "Waiting for you"},
	"no_tasks_yet":            {Vi: "Chưa thấy việc nào của bạn trong những sản phẩm có thời hạn gần nhất; xem tiếp các sản phẩm còn lại.", En: "Nothing of yours among the products with the nearest deadlines; go on to the rest."},
	"no_tasks":                {Vi: "Hiện không có việc nào chờ bạn. Xem tất cả ở trang", En: "Nothing waits for you now. See everything under"},
	"no_campaigns":            {Vi: "Chưa có kế hoạch nào.", En: "No campaign yet."},
	"deadlines":               {Vi: "Thời hạn", En: "Deadlines"},
	"what":                    {Vi: "Nội dung", En: "What"},
	"wording":                 {Vi: "Nguyên văn", En: "As printed"},
	"last_day":                {Vi: "Ngày cuối cùng", En: "Last day"},
	"passed":                  {Vi: "đã qua", En: "passed"},
	"targets":                 {Vi: "Mục tiêu", En: "Targets"},
	"expectations":            {Vi: "Sản phẩm đầu tiên được trông đợi", En: "First products expected"},
	"producers":               {Vi: "Các cơ sở", En: "Producers"},
	"communes":                {Vi: "UBND các xã, thị trấn", En: "Communes"},
	"duties":                  {Vi: "Nhiệm vụ", En: "Duties"},
	"conflicts":               {Vi: "Điểm mâu thuẫn trong văn bản", En: "Contradictions in the source"},
	"effective":               {Vi: "hiệu lực từ", En: "in force from"},
	"until":                   {Vi: "đến", En: "until"},
	"moves":                   {Vi: "Các thao tác", En: "Moves"},
	"status":                  {Vi: "Tình trạng", En: "Status"},
	"issued_on":               {Vi: "Ngày cấp", En: "Issued on"},
	"decision":                {Vi: "Quyết định", En: "Decision"},
	"back_home":               {Vi: "Về trang đầu", En: "Back to the start"},
	"fault_title":             {Vi: "Không thực hiện được", En: "That did not work"},
	"verify_title":            {Vi: "Tra cứu giấy chứng nhận", En: "Certificate check"},
	"system":                  {Vi: "hệ thống", En: "the system"},
	"valid":                   {Vi: "còn hiệu lực", En: "valid"},
	"extended":                {Vi: "được kéo dài hiệu lực", En: "extended"},
	"expired":                 {Vi: "hết hạn", En: "expired"},
	"superseded":              {Vi: "đã được thay thế", En: "superseded"},
	"revoked":                 {Vi: "bị thu hồi", En: "revoked"},
	"district":                {Vi: "cấp huyện", En: "district"},
	"province":                {Vi: "cấp tỉnh", En: "province"},
	"ministry":                {Vi: "cấp trung ương", En: "ministry"},
	"reason_document_missing": {Vi: "Thiếu tài liệu còn hiệu lực", En: "A valid document is missing"},
	"reason_role_missing":     {Vi: "Việc này thuộc vai trò khác.", En: "This is for another role."},
	"reason_out_of_scope":     {Vi: "Vai trò không thuộc đơn vị phụ trách sản phẩm.", En: "The role is not in the unit responsible for the product."},
	"reason_same_person":      {Vi: "Phải là người khác làm.", En: "It takes another person."},
	"reason_commune_unknown":  {Vi: "Chưa biết xã của sản phẩm.", En: "The product's commune is not known."},
	"reason_comment_missing":  {Vi: "Chưa ghi lý do.", En: "No reason was given."},
	"reason_form_missing":     {Vi: "Chưa nhập đủ mẫu.", En: "The form was not filled in."},
	"reason_outside_window":   {Vi: "Ngoài thời gian cho phép.", En: "Outside of the time allowed."},
	"reason_wrong_state":      {Vi: "Không làm được ở trạng thái này.", En: "Not possible in that state."},
	"met":                     {Vi: "đã đáp ứng", En: "met"},
	"notice":                  {Vi: "thông báo", En: "notice"},
	"extended_from":           {Vi: "đã gia hạn", En: "extended"},
	"day_of_rest":             {Vi: "ngày nghỉ", En: "day of rest"},
	"extend":                  {Vi: "Gia hạn", En: "Extend"},
	"new_last_day":            {Vi: "Ngày cuối mới", En: "New last day"},
	"no_deadlines":            {Vi: "Không có thời hạn nào.", En: "No deadlines."},
	"mark_remind":             {Vi: "Đã nhắc", En: "Reminded"},
	"mark_overdue":            {Vi: "Quá hạn", En: "Overdue"},
	"mark_escalate":           {Vi: "Đã báo cấp trên", En: "Escalated"},
	"counted_days":            {Vi: "{n} ngày kể từ {from}", En: "{n} days from {from}"},
	"counted_working_days":    {Vi: "{n} ngày làm việc kể từ {from}: từng ngày một", En: "{n} working days from {from}: day by day"},
	"counted_months":          {Vi: "{n} tháng kể từ {from}", En: "{n} months from {from}"},
	"counted_batch":           {Vi: "theo đợt, đề nghị ngày {from}", En: "by batch, requested on {from}"},
	"diagram":                 {Vi: "Sơ đồ", En: "Diagram"},
	"diagram_alt":             {Vi: "Sơ đồ các trạng thái và thao tác; ô vàng là trạng thái hiện tại, nét xanh là đường đã qua", En: "States and moves; the yellow box is the present state, blue lines are the way taken"},
	"limits":                  {Vi: "Thời hạn do quy trình đặt", En: "Limits that the procedure sets"},
	"rules_unverified":        {Vi: "quy định chưa kiểm chứng", En: "rules not verified"},
	"rules_unverified_title":  {Vi: "Quy định chưa thấy trong nguồn", En: "Rules not seen in a source"},
	"changes_since":           {Vi: "Thay đổi so với", En: "Changes since"},
	"added":                   {Vi: "mới", En: "new"},
	"removed":                 {Vi: "bỏ", En: "gone"},
	"changed":                 {Vi: "đổi", En: "changed"},
	"event_deadline_remind":   {Vi: "Nhắc thời hạn", En: "Reminded of a deadline"},
	"event_deadline_overdue":  {Vi: "Quá thời hạn", En: "A deadline passed"},
	"event_deadline_escalate": {Vi: "Báo cấp trên về thời hạn", En: "A deadline was escalated"},
	"event_extend_deadline":   {Vi: "Gia hạn", En: "Deadline extended"},
	"event_migrate_round":     {Vi: "Chuyển lượt sang quy trình khác", En: "Round moved to another procedure"},
	"councils":                {Vi: "Hội đồng", En: "Councils"},
	"council":                 {Vi: "Hội đồng", En: "Council"},
	"sessions":                {Vi: "Phiên chấm", En: "Scoring sessions"},
	"session":                 {Vi: "Phiên chấm", En: "Scoring session"},
	"no_sessions":             {Vi: "Chưa có phiên chấm nào. Thư ký mở phiên từ trang của sản phẩm đang chờ chấm.", En: "No sessions yet. A secretary opens one from the page of a product that waits for its score."},
	"no_councils":             {Vi: "Chưa có hội đồng nào.", En: "No councils yet."},
	"appoint_council":         {Vi: "Thành lập hội đồng", En: "Appoint a council"},
	"decided_on":              {Vi: "Ngày quyết định", En: "Decided on"},
	"held_day":                {Vi: "Ngày chấm", En: "Held on"},
	"place":                   {Vi: "Địa điểm", En: "Place"},
	"begin_session":           {Vi: "Mở phiên chấm", En: "Open a scoring session"},
	"sealed":                  {Vi: "đã niêm phong", En: "sealed"},
	"position_chair":          {Vi: "Chủ tịch", En: "Chair"},
	"position_vice_chair":     {Vi: "Phó Chủ tịch", En: "Vice-chair"},
	"position_member":         {Vi: "Ủy viên", En: "Member"},
	"position_secretary":      {Vi: "Thư ký", En: "Secretary"},
	"session_scoring":         {Vi: "đang chấm", En: "scoring"},
	"session_opened":          {Vi: "đã mở phiếu", En: "opened"},
	"session_closed":          {Vi: "đã kết thúc", En: "closed"},
	"session_cancelled":       {Vi: "đã hủy", En: "cancelled"},
	"kind_meeting":            {Vi: "họp", En: "meeting"},
	"kind_written":            {Vi: "lấy ý kiến bằng văn bản", En: "written opinions"},
	"declare":                 {Vi: "Khai báo xung đột lợi ích", En: "Declare conflicts of interest"},
	"declare_hint":            {Vi: "Trước khi xem hồ sơ, hãy cho biết bạn có quyền lợi liên quan tới sản phẩm hoặc chủ thể này không. Khai báo không rút lại được.", En: "Before the dossier is shown, say whether you have an interest in this product or its producer. It cannot be taken back."},
	"no_conflict":             {Vi: "Tôi không có xung đột lợi ích", En: "I have no conflict of interest"},
	"conflict":                {Vi: "Tôi có xung đột lợi ích", En: "I have a conflict of interest"},
	"recuse":                  {Vi: "Rút khỏi việc chấm", En: "Recuse myself"},
	"recused":                 {Vi: "đã rút", En: "recused"},
	"recused_hint":            {Vi: "Bạn không chấm sản phẩm này.", En: "You do not score this product."},
	"ground_own_product":      {Vi: "sản phẩm của mình", En: "own product"},
	"ground_own_unit":         {Vi: "thuộc xã của sản phẩm", En: "of the product's commune"},
	"ground_took_part":        {Vi: "đã tham gia hồ sơ", En: "took part in the dossier"},
	"ground_declared":         {Vi: "tự khai báo", En: "declared"},
	"not_final":               {Vi: "chưa kết thúc", En: "not closed yet"},
	"spread":                  {Vi: "chênh lệch", En: "spread"},
	"apart_hint":              {Vi: "Điểm chênh nhau quá mức cho phép: hội đồng thảo luận và chấm lại. Cả hai lần đều được giữ.", En: "The totals lie too far apart: discuss, and score again. Both turns are kept."},
	"minutes":                 {Vi: "Biên bản", En: "Minutes"},
	"sheets":                  {Vi: "Phiếu điểm", En: "Sheets"},
	"turn":                    {Vi: "Lần", En: "Turn"},
	"member":                  {Vi: "Thành viên", En: "Member"},
	"members":                 {Vi: "Thành viên", En: "Members"},
	"total":                   {Vi: "Tổng điểm", En: "Total"},
	"opinion":                 {Vi: "Ý kiến", En: "Opinion"},
	"seal":                    {Vi: "Niêm phong", En: "Seal"},
	"intact":                  {Vi: "nguyên vẹn", En: "intact"},
	"broken":                  {Vi: "không khớp với sổ cái", En: "differs from the ledger"},
	"my_sheet":                {Vi: "Phiếu của tôi", En: "My sheet"},
	"sealed_hint":             {Vi: "Phiếu đã niêm phong; chưa ai xem được cho tới khi mở cùng lúc.", En: "Your sheet is sealed; nobody sees it until all are opened together."},
	"seal_sheet":              {Vi: "Niêm phong phiếu", En: "Seal the sheet"},
	"autosaved":               {Vi: "Đã tự lưu.", En: "Saved."},
	"not_saved":               {Vi: "Chưa lưu được; hãy thử lại.", En: "Not saved; try again."},
	"agreed":                  {Vi: "Tiêu chí thống nhất theo hồ sơ", En: "Criteria agreed on the papers"},
	"agreed_hint":             {Vi: "Một lựa chọn chung cho cả hội đồng", En: "One choice for the whole council"},
	"agree":                   {Vi: "Ghi phần thống nhất", En: "Enter what was agreed"},
	"does_not_score":          {Vi: "không chấm", En: "does not score"},
	"declared":                {Vi: "đang chấm", En: "scoring"},
	"waiting":                 {Vi: "chưa khai báo", En: "has not declared"},
	"quorum":                  {Vi: "Phiếu đã niêm phong / tối thiểu (được chấm)", En: "Sealed / quorum (entitled)"},
	"secretary_acts":          {Vi: "Việc của thư ký", En: "For the secretary"},
	"open_sheets":             {Vi: "Mở phiếu cùng lúc", En: "Open all sheets together"},
	"not_all_sealed":          {Vi: "Chưa phải mọi thành viên đã niêm phong; ai chưa niêm phong khi mở sẽ tính là vắng", En: "Not every member has sealed; whoever has not when the sheets are opened counts as absent"},
	"close_session":           {Vi: "Kết thúc phiên", En: "Close the session"},
	"rescore":                 {Vi: "Chấm lại", En: "Score again"},
	"other_acts":              {Vi: "Sửa sai, hủy phiên", En: "Correct or cancel"},
	"correct":                 {Vi: "Chấm lại để sửa sai", En: "Score again as a correction"},
	"cancel_session":          {Vi: "Hủy phiên", En: "Cancel the session"},
	"record_result_hint":      {Vi: "Phiên đã kết thúc. Hãy ghi kết quả ở trang sản phẩm.", En: "The session is closed. Put its result on record on the product's page."},
	"sheets_unverified":       {Vi: "bộ tiêu chí 2026 dùng tạm, chưa kiểm chứng", En: "sheets of 2026 stand in, not verified"},
	"case":                    {Vi: "Trường hợp", En: "Case"},
	"floor":                   {Vi: "yêu cầu tối thiểu", En: "floor"},
	"floor_of":                {Vi: "Yêu cầu tối thiểu của", En: "Floor of"},
	"producers_choice":        {Vi: "chủ thể tự chấm", En: "producer's choice"},
	"nothing_ticked":          {Vi: "không chọn (0 điểm)", En: "nothing ticked (0 points)"},
	"evidence":                {Vi: "Minh chứng", En: "Evidence"},
	"knockouts":               {Vi: "Quy định loại", En: "Knock-outs"},
	"knocked_out":             {Vi: "Bị loại theo", En: "Put out by"},
	"chosen":                  {Vi: "Đã chọn", En: "Chosen"},
	"self_score":              {Vi: "Tự chấm điểm", En: "Self-scoring"},
	"self_score_hint":         {Vi: "Chưa lưu phiếu nào trong lượt này; nếu có, phiếu bắt đầu từ lượt trước.", En: "No sheet is saved in this round yet; where there was one before, it starts from that."},
	"not_scored_yet":          {Vi: "Chưa tự chấm.", En: "Not scored yet."},
	"changed_criteria":        {Vi: "Tiêu chí thay đổi so với lượt trước", En: "Criteria changed since the last round"},
	"path":                    {Vi: "Còn thiếu gì", En: "What is missing"},
	"offline_check":           {Vi: "Trang xác minh không cần mạng", En: "Page to check without a network"},
	"event_self_score":        {Vi: "Chủ thể tự chấm điểm", En: "Self-scored"},
	"event_begin_session":     {Vi: "Mở phiên chấm", En: "Scoring session opened"},
	"event_cancel_session":    {Vi: "Hủy phiên chấm", En: "Scoring session cancelled"},
	"event_declare":           {Vi: "Khai báo xung đột lợi ích", En: "Conflicts of interest declared"},
	"event_agree":             {Vi: "Thống nhất tiêu chí theo hồ sơ", En: "Criteria agreed on the papers"},
	"event_seal_sheet":        {Vi: "Niêm phong phiếu điểm", En: "Sheet sealed"},
	"event_open_sheets":       {Vi: "Mở phiếu điểm", En: "Sheets opened"},
	"event_score_again":       {Vi: "Chấm lại", En: "Scored again"},
	"event_close_session":     {Vi: "Kết thúc phiên chấm", En: "Scoring session closed"},
	"event_seal_broken":       {Vi: "Phát hiện phiếu bị sửa", En: "A sheet was found altered"},
	"event_issue":             {Vi: "Cấp giấy chứng nhận", En: "Certificate issued"},
	"event_erase":             {Vi: "Xóa dữ liệu cá nhân", En: "Personal data erased"},
	"event_add_document":      {Vi: "Nộp tài liệu", En: "Document added"},
	"event_plan_inspection":   {Vi: "Lên lịch kiểm tra thực tế", En: "Inspection planned"},
	"event_record_inspection": {Vi: "Ghi biên bản kiểm tra thực tế", En: "Inspection recorded"},
}

// T is a word of the pages in the reader's language; an unknown one shows
// itself, and a test finds it.
func (p *page) T(key string) string {
	if m, ok := messages[key]; ok {
		return m.In(p.L())
	}
	return key
}

// newest is the procedure whose titles the pages use: that of products, or of
// what the page is about.
func (p *page) newest() procedure {
	if p.rules != nil {
		return procedure{p.rules}
	}
	return p.ofProducts()
}

// ofProducts is the procedure of products that is in force.
func (p *page) ofProducts() procedure {
	rules, err := p.site.Library.InForce("ocop", ocop.DateOf(p.site.Clock()))
	if err != nil {
		return procedure{}
	}
	return procedure{rules}
}

// State, Track and Roles name things of the procedure in the reader's language.
func (p *page) State(s ocop.State) string { return p.newest().state(s).In(p.L()) }

// Track names a kind of round.
func (p *page) Track(t any) string {
	switch t := t.(type) {
	case ocop.Track:
		return p.newest().track(t).In(p.L())
	case string:
		return p.newest().track(ocop.Track(t)).In(p.L())
	case *ocop.Track:
		if t == nil {
			return ""
		}
		return p.newest().track(*t).In(p.L())
	}
	return ""
}

// Level names a level of councils.
func (p *page) Level(l any) string {
	switch l := l.(type) {
	case ocop.Level:
		return p.T(string(l))
	case *ocop.Level:
		if l == nil {
			return ""
		}
		return p.T(string(*l))
	}
	return ""
}

// Roles names who can cure something, or is told of it: roles, and in campaigns
// also units by their codes.
func (p *page) Roles(list []ocop.Role) string {
	names := make([]string, len(list))
	for i, r := range list {
		if names[i] = p.newest().role(r).In(p.L()); names[i] != string(r) {
			continue
		}
		if u, err := store.UnitByCode(p.ctx, p.site.DB, string(r)); err == nil && u != nil { // else the code says it
			names[i] = u.Name.In(p.L())
		}
	}
	return strings.Join(names, ", ")
}

// Reasons writes reasons in the reader's language.
func (p *page) Reasons(list []fault.Reason) []httpx.Reason { return httpx.Reasons(list, p.L()) }

// Value writes what a reason measured: yes, no, days, states, moves, roles and
// options of forms in words, the rest as it is.
func (p *page) Value(v string) string {
	if v == "true" || v == "false" {
		return p.T(v)
	}
	rules := p.newest()
	if rules.Rules == nil {
		return v
	}
	words := strings.Split(v, ", ")
	for i, w := range words {
		switch {
		case rules.States.Has(w):
			words[i] = p.State(ocop.State(w))
		case p.optionTitle(w) != "": // before moves: some bear the name of one
			words[i] = p.optionTitle(w)
		case rules.Transitions.Has(w):
			words[i] = p.Event(w)
		case rules.Procedure.Roles.Has(w):
			words[i] = p.RoleName(ocop.Role(w))
		case w == "another person":
			words[i] = p.T("another_person")
		case w == "a filing day":
			words[i] = p.T("a_filing_day")
		case w == "a new number":
			words[i] = p.T("a_new_number")
		case strings.HasPrefix(w, "before "):
			words[i] = p.T("before_day") + " " + p.days(strings.TrimPrefix(w, "before "))
		case p.rules != nil && p.ofProducts().States.Has(w): // such as the state of what a petition is about
			words[i] = p.ofProducts().state(ocop.State(w)).In(p.L())
		default:
			words[i] = p.days(w)
		}
	}
	return strings.Join(words, ", ")
}

// days writes a day, or the first and the last of several; anything else as it is.
func (p *page) days(v string) string {
	first, last, several := strings.Cut(v, "/")
	from, err := ocop.ParseDate(first)
	if err != nil {
		return v
	}
	if to, err := ocop.ParseDate(last); err == nil {
		return p.Day(from) + " – " + p.Day(to)
	}
	if several {
		return v
	}
	return p.Day(from)
}

// Status names what a certificate is.
func (p *page) Status(s ocop.CertificateStatus) string { return p.T(string(s)) }

// Day writes a day; a dash for none.
func (p *page) Day(d any) string {
	switch d := d.(type) {
	case ocop.Date:
		return d.In(p.L())
	case *ocop.Date:
		if d != nil {
			return d.In(p.L())
		}
	}
	return "–"
}

// Overdue reports whether a deadline has passed.
func (p *page) Overdue(d *ocop.Date) bool { return d != nil && p.Passed(*d) }

// Moment writes a moment.
func (p *page) Moment(t time.Time) string {
	return t.In(ocop.Hanoi).Format("15:04 ") + ocop.DateOf(t).In(p.L())
}

func number(n int) string { return strconv.Itoa(n) }

// Passed reports whether a day lies behind us.
func (p *page) Passed(d ocop.Date) bool { return d < ocop.DateOf(p.site.Clock()) }
