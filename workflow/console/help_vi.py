"""The commands' help in Vietnamese, by its English text. It is apart from `phrases_vi`: only help reads it."""

TABLE = {
    # sections of `hoso --help`, and what stands beside each command there
    "Commands": "Lệnh",
    "For staff": "Dành cho người xử lý công việc",
    "Papers, deadlines, notices": "Văn bản, thời hạn, thông báo",
    "For those who run it": "Dành cho người vận hành",
    "what waits for me": "việc đang chờ tôi",
    "cases, with filters": "danh sách hồ sơ, có bộ lọc",
    "cases by words": "tìm hồ sơ theo từ",
    "what is late, and who is awaited": "việc quá hạn, đang chờ ai",
    "the programme's obligations, and how each stands": "các nội dung của chương trình, đã làm đến đâu",
    "one case and what may be done next": "một hồ sơ và việc có thể làm tiếp",
    "what happened to a case": "quá trình xử lý một hồ sơ",
    "what may be opened": "các loại hồ sơ có thể mở",
    "open a case": "mở hồ sơ",
    "do an action on a case": "thực hiện một thao tác với hồ sơ",
    "do an action on many cases": "thực hiện một thao tác với nhiều hồ sơ",
    "why an action is not allowed; what it asks for": "vì sao chưa được làm; cần nhập những gì",
    "give a unit's opinion": "trả lời ý kiến của một đơn vị",
    "put files with a case": "đưa tệp vào hồ sơ",
    "put a note on record": "ghi ý kiến vào hồ sơ",
    "change fields outside of an action": "sửa thông tin ngoài thao tác",
    "give a case's slot to a person": "giao hồ sơ cho một người",
    "move a deadline on": "gia hạn",
    "stop a case's clocks": "tạm dừng tính hạn",
    "let them go on": "tính hạn tiếp",
    "take the newest act back": "rút lại thao tác mới nhất",
    "put right what the history says wrongly": "đính chính điều ghi sai",
    "the papers of a case": "văn bản của hồ sơ",
    "one paper: show, save, issue, void, replace …": "một văn bản: xem, lưu, ban hành, hủy, thay thế …",
    "a case's deadlines: list, explain": "thời hạn của hồ sơ: danh sách, giải thích",
    "what was sent to whom": "đã gửi gì, cho ai",
    "working days: add, count, show": "ngày làm việc: cộng, đếm, xem",
    "make a new office": "tạo văn phòng mới",
    "bring the definitions into use": "đưa quy trình vào áp dụng",
    "procedures: check, test, schema": "quy trình: kiểm tra, chạy kịch bản, lược đồ",
    "what a code means, with examples": "mã lỗi nghĩa là gì, kèm ví dụ",
    "watch deadlines and send notices, until stopped": "theo dõi thời hạn và gửi thông báo, đến khi dừng",
    "the same, once": "như trên, một lần",
    "cases that the clock opens: preview, pause, resume": "hồ sơ tự mở theo kỳ: xem trước, tạm dừng, tiếp tục",
    "the office's time; moves it in a practice office": "giờ của văn phòng; chỉnh được ở văn phòng tập dượt",
    "what ails the office": "khám lỗi của văn phòng",
    "prove that nothing was lost or rewritten": "chứng minh không có gì bị mất hay bị sửa",
    "the database: upgrade, copy": "cơ sở dữ liệu: nâng cấp, chép đi nơi khác",
    # options
    "The office's folder.": "Thư mục của văn phòng.",
    "Show the version and exit.": "Hiện phiên bản rồi thoát.",
    "Act as this person (or position.unit).": "Làm thay người này (hoặc chức vụ.đơn vị).",
    "Answer with one JSON document.": "Trả lời bằng một văn bản JSON.",
    "Go on after this line (the cursor of the page before).": "Xem tiếp sau dòng này (con trỏ của trang trước).",
    "Lines at most.": "Số dòng nhiều nhất.",
    "Of this process only.": "Chỉ của quy trình này.",
    "In this state only.": "Chỉ ở trạng thái này.",
    "Kept by this unit only.": "Chỉ do đơn vị này giữ.",
    "Where a field has this value (repeatable).": "Có trường mang giá trị này (dùng được nhiều lần).",
    "Only what is late.": "Chỉ những gì quá hạn.",
    "Closed cases too.": "Cả hồ sơ đã kết thúc.",
    "Of this unit only: cases that it keeps, replies that it owes.": "Chỉ của đơn vị này: hồ sơ đơn vị giữ, ý kiến đơn vị còn nợ.",
    "Which of the process's starts, if not its usual one.": "Cách mở của quy trình, nếu không phải cách thường dùng.",
    "The case's title, if not the process's own.": "Tên hồ sơ, nếu không lấy theo quy trình.",
    "Fill a field (repeatable); FIELD=@FILE gives a file.": "Điền một trường (dùng được nhiều lần); TRƯỜNG=@TỆP để đưa tệp.",
    "The language, if not the office's.": "Ngôn ngữ, nếu khác của văn phòng.",
    "A note for the history.": "Ghi chú vào quá trình xử lý.",
    "Put this file with the case (repeatable).": "Đưa tệp này vào hồ sơ (dùng được nhiều lần).",
    "Show what would happen; nothing is written.": "Cho biết điều sẽ xảy ra; không ghi gì.",
    "Done once, however often it is sent with this id.": "Chỉ làm một lần dù gửi lại bao nhiêu lần với mã này.",
    "The unit (or person) that was asked.": "Đơn vị (hoặc người) được hỏi.",
    "The folder to write into (made if missing).": "Thư mục để ghi vào (chưa có thì tạo).",
    "Write over files that are there.": "Ghi đè tệp đã có.",
    "To this person only.": "Chỉ gửi tới người này.",
    "With their whole text.": "Kèm toàn bộ nội dung.",
    "A practice office: its clock can be moved with 'hoso clock'.": "Văn phòng tập dượt: chỉnh được đồng hồ bằng 'hoso clock'.",
    "Why, for the record.": "Lý do, để ghi lại.",
    "Check and compare only; nothing is brought into use.": "Chỉ kiểm tra và so sánh; không đưa gì vào áp dụng.",
    # what a command's own help says
    "Run an office's procedures: cases, deadlines, official papers, overdue notices.": (
        "Vận hành quy trình của một văn phòng: hồ sơ, thời hạn, văn bản, thông báo quá hạn."
    ),
    "What waits for me, the most urgent first.": "Việc đang chờ tôi, việc gấp trước.",
    "The cases that I may see, the newest first; filters narrow them down.": "Các hồ sơ tôi được xem, mới nhất trước; có thể lọc.",
    'Cases with these words in number, title or fields; marks may be left out ("vu viec" finds "Vụ việc").': (
        'Hồ sơ có các từ này trong số, tên hoặc thông tin; không cần gõ dấu ("vu viec" tìm ra "Vụ việc").'
    ),
    "One case: where it is, who is awaited, until when, and what may be done next.\n\nFor what you may not do, it says why.": (
        "Một hồ sơ: đang ở đâu, chờ ai, đến bao giờ, có thể làm gì tiếp.\n\nViệc nào bạn chưa được làm thì cho biết vì sao."
    ),
    "What happened to a case, first to last: when, who, what, and the papers written.": (
        "Quá trình xử lý từ đầu đến cuối: lúc nào, ai, làm gì, văn bản nào."
    ),
    "What may be opened here, by whom, and what each asks for.": "Có thể mở những loại hồ sơ nào, ai được mở, cần nhập những gì.",
    "Open a case of PROCESS (or PROCESS/START); in a terminal, what is missing is asked for.": (
        "Mở hồ sơ của quy trình PROCESS (hoặc PROCESS/START); ở màn hình dòng lệnh, chỗ còn thiếu sẽ được hỏi."
    ),
    "Do ACTION on each CASE, by itself; - reads their numbers: one a line, or what 'hoso list --json' prints.": (
        "Thực hiện thao tác ACTION với từng hồ sơ CASE, mỗi hồ sơ riêng; - đọc số hồ sơ từ đầu vào chuẩn: mỗi dòng một số, hoặc kết quả của "
        "'hoso list --json'."
    ),
    "Do ACTION on CASE; in a terminal, what is missing is asked for.": (
        "Thực hiện thao tác ACTION với hồ sơ CASE; ở màn hình dòng lệnh, chỗ còn thiếu sẽ được hỏi."
    ),
    "Why an action is not allowed: every reason; and what it asks for.": (
        "Vì sao một thao tác chưa được làm: mọi lý do; và cần nhập những gì."
    ),
    "Give a unit's opinion: one of the answers offered, or its form's fields.": (
        "Trả lời ý kiến của một đơn vị: một trong các câu trả lời, hoặc các trường của biểu mẫu."
    ),
    "Put files with a case.": "Đưa tệp vào hồ sơ.",
    "Change fields of CASE outside of an action, where the procedure gives you the right.": (
        "Sửa thông tin của hồ sơ ngoài các thao tác, nếu quy trình cho bạn quyền đó."
    ),
    "Put right what line ENTRY of the history says wrongly (--set), with a note; the old line stays.": (
        "Đính chính điều ghi sai ở dòng ENTRY của quá trình xử lý (--set), kèm ghi chú; dòng cũ vẫn giữ nguyên."
    ),
    "Put a note on record, without moving CASE.": "Ghi ý kiến vào hồ sơ, không chuyển bước.",
    "Give SLOT of CASE (as 'handler') to PERSON: a person's key, or position.unit.": (
        "Giao vị trí SLOT của hồ sơ (như 'handler') cho PERSON: mã người, hoặc chức vụ.đơn vị."
    ),
    'Move DEADLINE of CASE on by AMOUNT, as "3 working days", with a note. Its names: hoso deadline list CASE.': (
        'Gia hạn DEADLINE của hồ sơ thêm AMOUNT, như "3 working days", kèm ghi chú. Tên các hạn: hoso deadline list CASE.'
    ),
    "Stop all clocks of CASE, with a note; 'hoso resume' lets them go on with what was left.": (
        "Tạm dừng mọi thời hạn của hồ sơ, kèm ghi chú; 'hoso resume' cho tính tiếp phần còn lại."
    ),
    "Let the clocks of a paused CASE go on.": "Cho tính tiếp thời hạn của hồ sơ đang tạm dừng.",
    "An issued paper that says it: declare it void (repeatable).": "Văn bản đã ban hành ghi điều đó: cho vô hiệu (lặp lại được).",
    "Issue it anew, in place of the old one (repeatable).": "Ban hành lại, thay văn bản cũ (lặp lại được).",
    "Leave it in force (repeatable).": "Để nguyên hiệu lực (lặp lại được).",
    "Play all scenarios, also those that held and hang on nothing that changed.": (
        "Phát lại mọi kịch bản, cả những kịch bản đã đạt mà không có gì liên quan thay đổi."
    ),
    "Of a line that took a reply: the answer that it should have had.": "Với dòng là một lời trả lời: câu trả lời đúng.",
    "Of a line that took a reply: it was not the unit's; it is owed again.": (
        "Với dòng là một lời trả lời: đó không phải của đơn vị; đơn vị lại phải trả lời."
    ),
    "Let a closed CASE go on in the state from which it was closed, with a note.": (
        "Cho hồ sơ CASE đã kết thúc tiếp tục ở bước trước khi kết thúc, kèm ghi chú."
    ),
    "let a closed case go on": "mở lại hồ sơ đã kết thúc",
    "The organisation: what it leaves empty, and reorganisations.": "Tổ chức: ngày nào vai nào trống; sắp xếp tổ chức.",
    "Which role would have nobody, and which unit no head, on which day.": "Ngày nào vai nào không có ai, đơn vị nào không có người đứng đầu.",
    "As far as this day (a year ahead).": "Đến ngày này (một năm tới).",
    "Reorganise by FILE (an organisation.yaml): what ended units kept or owed goes to those that take their place.\n\n"
    "Called again, it goes on where it was broken off.": (
        "Sắp xếp tổ chức theo FILE (một organisation.yaml): việc của đơn vị kết thúc chuyển cho nơi thay.\n\n"
        "Gọi lại thì làm tiếp từ chỗ dở."
    ),
    "The first day of the new units.": "Ngày đầu tiên của các đơn vị mới.",
    "Who takes its place; end: nobody (repeatable).": "Nơi thay đơn vị ấy; end: không nơi nào (lặp lại được).",
    "The same for one case (repeatable).": "Như vậy cho riêng một hồ sơ (lặp lại được).",
    "Show what would change hands; nothing is written.": "Chỉ xem những gì sẽ chuyển; không ghi gì.",
    "the organisation: check, apply a reorganisation": "tổ chức: kiểm tra, sắp xếp",
    "Do it on the open sub-cases too, where it can be done.": "Làm luôn ở các hồ sơ con còn mở, nơi nào làm được.",
    "Link CASE to OTHER, a case of equal rank; both histories say so.": "Nối hồ sơ CASE với OTHER, hồ sơ ngang hàng; cả hai đều ghi lại.",
    "How: it relates to it, or follows it.": "Nối thế nào: liên quan (relates), hay tiếp theo (follows).",
    "link a case to another": "nối với hồ sơ khác",
    "Ask more UNITS (or persons) in the round of questions that runs in CASE.": (
        "Hỏi thêm UNITS (đơn vị hoặc người) trong lần hỏi đang mở của CASE."
    ),
    "Take on SLOT of CASE (handler, if none is named), which several may do.": (
        "Nhận SLOT của hồ sơ CASE (không ghi: handler), việc mà nhiều người làm được."
    ),
    "Give SLOT of CASE (handler, if none is named) back to those who may claim it; or, with --unit, let an asked unit off.": (
        "Trả SLOT của hồ sơ CASE (không ghi: handler) cho những người được nhận; hoặc, với --unit, cho nơi được hỏi thôi trả lời."
    ),
    "Let this asked unit (or person) off instead, with a note.": "Cho đơn vị (hoặc người) được hỏi này thôi trả lời, kèm ghi chú.",
    "Withdraw from CASE for a conflict of interest, with a note: none of its roles is yours any more.": (
        "Không tham gia hồ sơ CASE do xung đột lợi ích, kèm ghi chú: bạn không còn giữ vai nào trong đó."
    ),
    "take on what several may do": "nhận việc mà nhiều người làm được",
    "give it back; let an asked unit off": "trả lại; cho nơi được hỏi thôi trả lời",
    "withdraw from a case: a conflict of interest": "không tham gia hồ sơ: xung đột lợi ích",
    "ask more units in a round that runs": "hỏi thêm đơn vị trong lần hỏi đang mở",
    "Take the newest act on CASE back: it stands as before, and the history says so.": (
        "Rút lại thao tác mới nhất với hồ sơ: hồ sơ trở lại như trước, quá trình xử lý ghi rõ."
    ),
    "The papers of a case: drafts and issued ones, with their numbers.": "Văn bản của hồ sơ: dự thảo và đã ban hành, kèm số, ký hiệu.",
    "One paper of a case: show it, save its files, print its text; issue, void, replace, correct, recall it.": (
        "Một văn bản của hồ sơ: xem, lưu tệp, in nội dung; ban hành, hủy, thay thế, đính chính, thu hồi."
    ),
    "What differs in a paper since it was first drafted, or between it and OTHER, in words.": (
        "Văn bản khác gì so với lần dự thảo đầu tiên, hoặc so với văn bản OTHER, nói bằng lời."
    ),
    "As it was after this line of the history.": "Như sau dòng lịch sử này.",
    "Compared with how it was after this line, not with today.": "So với lúc sau dòng này, không phải hôm nay.",
    "Issue a draft: it gets its number and its signature line, and is frozen.": (
        "Ban hành dự thảo: văn bản được cấp số, có thẩm quyền ký và không đổi nữa."
    ),
    "Declare an issued paper void, with a note; its number stays listed and is never used again.": (
        "Hủy văn bản đã ban hành, ghi rõ lý do; số vẫn nằm trong sổ và không dùng lại."
    ),
    "Replace an issued paper whose contents are wrong, with a note; its recipients are told.": (
        "Thay thế văn bản có nội dung sai, ghi rõ lý do; nơi nhận được báo."
    ),
    "The paper that replaces it; left out, a new one of the same kind.": "Văn bản thay thế; bỏ trống thì ban hành văn bản mới cùng loại.",
    "Correct the form of an issued paper by a letter, with a note; the paper stays in force, its recipients are told.": (
        "Đính chính thể thức văn bản bằng công văn, ghi rõ lý do; văn bản vẫn có hiệu lực, nơi nhận được báo."
    ),
    "The letter of correction: a paper or a kind of paper of the case.": "Công văn đính chính: một văn bản (hoặc loại văn bản) của hồ sơ.",
    "Call an issued paper back, with a note; its recipients are told.": "Thu hồi văn bản đã ban hành, ghi rõ lý do; nơi nhận được báo.",
    "Make files part of an issued paper: its signed scan, its digital signature.": (
        "Đưa tệp vào văn bản đã ban hành: bản quét có chữ ký, chữ ký số."
    ),
    "What is known of one paper. PAPER is its key or its number, as 'hoso docs' lists them.": (
        "Thông tin về một văn bản. PAPER là mã hoặc số, ký hiệu, như 'hoso docs' liệt kê."
    ),
    "The text of one paper, as it reads.": "Nội dung của một văn bản.",
    "Save the .docx and .pdf of one paper, or of all papers of the case.": "Lưu tệp .docx và .pdf của một hoặc mọi văn bản trong hồ sơ.",
    "A case's deadlines: list them, explain each day by day.": "Thời hạn của hồ sơ: liệt kê, giải thích từng ngày.",
    "The deadlines of a case, settled ones too.": "Các thời hạn của hồ sơ, cả những hạn đã xong.",
    "Why each deadline of a case is when it is: the rule, what happened to it, then every day and how it counts.": (
        "Vì sao thời hạn rơi vào ngày đó: quy định, những gì đã xảy ra, rồi từng ngày được tính thế nào."
    ),
    "reports: responsibility, forecast": "báo cáo: trách nhiệm, dự báo",
    "a case's whole file; for other programs: ical": "xuất cho chương trình khác: ical",
    "Exports: a case's whole file, and what other programs read.": "Xuất dữ liệu cho chương trình khác.",
    "The open deadlines that wait for a person, as an iCalendar feed; of the cases that you may see.": (
        "Các thời hạn đang chờ một người, dạng lịch iCalendar; chỉ những hồ sơ bạn được xem."
    ),
    "Whose deadlines (a key, or position.unit); else yours.": "Thời hạn của ai (mã người, hoặc chức_vụ.đơn_vị); nếu không nêu: của bạn.",
    "Write into this file; else to standard output.": "Ghi vào tệp này; nếu không nêu: in ra màn hình.",
    "What falls due on each day of the weeks to come, per unit.": "Việc đến hạn từng ngày trong các tuần tới, theo đơn vị.",
    "How many weeks ahead.": "Bao nhiêu tuần tới.",
    "Draw it into this file, as a picture.": "Vẽ thành hình vào tệp này.",
    "Write picture and table into this file, as a page.": "Ghi hình và bảng vào tệp này, thành một trang.",
    "Also what falls due by then: 3wd, 2w, '5 working days'.": "Cả việc đến hạn từ nay đến đó: 3wd, 2w, '5 working days'.",
    "Deadlines that are past (or fall due soon), the latest first, and who is awaited.": "Các thời hạn đã quá (hoặc sắp đến), quá lâu nhất trước, và đang chờ ai.",
    "The days of a month (2026-11; this one if none is named), their hours, why a day is off; or a YEAR at a glance.": (
        "Các ngày của một tháng (2026-11; không nêu: tháng này): giờ làm việc, vì sao nghỉ; nêu YEAR thì xem cả năm."
    ),
    "Reports on the cases that you may see.": "Báo cáo về những hồ sơ bạn được xem.",
    "Whose working days the cases' were: each day on exactly one unit, of one CASE day by day.": (
        "Mỗi ngày làm việc của hồ sơ thuộc trách nhiệm đúng một đơn vị; nêu CASE thì kê từng ngày."
    ),
    "All days of this year.": "Tất cả các ngày của năm này.",
    "From this day on (else from 1 January).": "Từ ngày này (nếu không nêu: từ 1 tháng 1).",
    "Up to this day (else today).": "Đến ngày này (nếu không nêu: hôm nay).",
    "Settled deadlines too, each by the calendar of its time.": "Cả những thời hạn đã xong, mỗi thời hạn theo lịch lúc đó.",
    "As tables in Markdown, for a file.": "Dưới dạng bảng Markdown, để lưu hồ sơ.",
    "What was sent to whom and how delivery stands, the newest first; of one CASE if it is named.": (
        "Đã gửi gì, cho ai, gửi được chưa, mới nhất trước; chỉ của hồ sơ CASE nếu nêu tên."
    ),
    "The office's calendar: add and count working days, show a month.": "Lịch của văn phòng: cộng, đếm ngày làm việc, xem một tháng.",
    "The day that is AMOUNT after DATE, as 'hoso calendar add 2026-11-20 \"5 working days\"'.": (
        "Ngày cách DATE một khoảng AMOUNT, ví dụ 'hoso calendar add 2026-11-20 \"5 working days\"'."
    ),
    "Working days after the first date, up to and including the second.": "Số ngày làm việc sau ngày thứ nhất, đến hết ngày thứ hai.",
    "Make a new office in DIR: settings, definitions, an empty database.": (
        "Tạo văn phòng mới trong thư mục DIR: cấu hình, quy trình, cơ sở dữ liệu trống."
    ),
    "Check the definitions, run their scenarios and bring what changed into use.": (
        "Kiểm tra quy trình, chạy kịch bản và đưa những gì đã đổi vào áp dụng."
    ),
    "Check the definitions folder and tell every problem with its file, line and column; nothing is deployed.": (
        "Kiểm tra thư mục quy trình, nêu mọi lỗi kèm tệp, dòng, cột; không đưa gì vào áp dụng."
    ),
    "Explain a code, as 'hoso help E201', or a command; without TOPIC all that can be explained.": (
        "Giải thích một mã, như 'hoso help E201', hoặc một lệnh; không nêu TOPIC thì liệt kê mọi mã."
    ),
    "Run the scenarios that stand beside the procedures, on a clock and a store of their own.": (
        "Chạy các kịch bản đi kèm quy trình, với đồng hồ và kho dữ liệu riêng."
    ),
    "Every obligation of the programme in a year: fulfilled, under way, late or not begun, and the cases that I may see.": (
        "Từng nội dung phải làm của chương trình trong năm: đã làm, đang làm, chậm hay chưa làm, và những hồ sơ mà tôi được xem."
    ),
    "The year; without it, this one.": "Năm; không nêu là năm nay.",
    "Write the page as .docx too.": "Ghi trang này thành tệp .docx.",
    "Write the page as .html too.": "Ghi trang này thành tệp .html.",
    "The JSON Schema of a kind of file, for editors: process (if none is named), scenario or a file of the office's.": (
        "Lược đồ JSON Schema của một loại tệp, dùng cho trình soạn thảo: process (nếu không nêu), scenario hoặc một tệp của văn phòng."
    ),
    "With the words of this process: its states, roles, fields …": "Kèm các từ của quy trình này: trạng thái, vai, trường …",
    "Write the schemas of all files into definitions/.schemas, and name them in each file.": (
        "Ghi lược đồ của mọi tệp vào definitions/.schemas và ghi tên lược đồ ở đầu mỗi tệp."
    ),
    "Look every second until it is stopped (SIGTERM or Ctrl-C end it after the running act).": (
        "Theo dõi từng giây đến khi dừng (SIGTERM hoặc Ctrl-C: dừng sau khi làm xong việc đang làm)."
    ),
    "Open the cases of periods that were missed too: in a pause, or before.": (
        "Mở cả hồ sơ của các kỳ đã lỡ: trong lúc tạm dừng, hoặc trước đó."
    ),
    "With --backfill: of the periods that began from this day on.": "Cùng với --backfill: của các kỳ bắt đầu từ ngày này.",
    "Up to this day (a year ahead, if none is named).": "Đến ngày này (một năm tới, nếu không nêu).",
    "The periods for which the clock opens cases: opened, missed, to come.": "Các kỳ mà hồ sơ tự mở: đã mở, đã lỡ, sắp tới.",
    "Open no case for a process's periods until they go on.": "Không mở hồ sơ định kỳ của một quy trình cho đến khi cho tiếp tục.",
    "Open cases for the periods that begin from now on; 'hoso tick --backfill' opens those that were missed.": (
        "Mở hồ sơ cho các kỳ bắt đầu từ bây giờ; các kỳ đã lỡ thì mở bằng 'hoso tick --backfill'."
    ),
    "the whole office into one file, proved": "cả văn phòng vào một tệp, có kiểm chứng",
    "an office from a backup": "khôi phục văn phòng từ bản sao lưu",
    "Write the whole office into FILE while others work on, and prove what was written.": "Ghi cả văn phòng vào FILE trong khi mọi người vẫn làm việc, rồi kiểm chứng.",
    "Make the office of the backup FILE anew in DIR, an empty place; see first what it would send again (--preview).": "Dựng lại văn phòng của bản sao lưu FILE trong DIR còn trống; nên xem trước sẽ gửi lại gì (--preview).",
    "Only show what would be done and sent again; nothing is kept.": "Chỉ xem sẽ làm và gửi lại gì; không giữ lại gì.",
    "What became due since the backup: fire = tell it (again), suppress = put it on record and tell nobody.": "Việc đến hạn từ khi sao lưu: fire = báo (lại), suppress = chỉ ghi vào lịch sử, không báo ai.",
    "As --last, of a series that began after the backup.": "Như --last, của dãy số bắt đầu sau khi sao lưu.",
    "The last number of a series that stands on paper: those up to it are never given again.": "Số cuối cùng của một dãy trên giấy: các số đến đó không cấp lại.",
    "Where its cases are kept from now on; a file in DIR, if left out.": "Nơi giữ hồ sơ từ nay; bỏ trống = một tệp trong DIR.",
    "Of the cases in which something happened from this day on.": "Chỉ những hồ sơ có việc từ ngày này.",
    "Print the head of the whole history instead, for the paper register.": "In đầu chuỗi của toàn bộ lịch sử, để ghi vào sổ giấy.",
    "Prove the history also by a head that stands on paper.": "Kiểm chứng lịch sử cả theo đầu chuỗi đã ghi trên giấy.",
    "Do all that is due, then end: before an upgrade, or after an outage.": "Làm hết việc đã đến hạn rồi dừng: trước khi nâng cấp, hoặc sau gián đoạn.",
    "Look once: do what is due by now, open periodic cases, send notices.": (
        "Xem một lượt: làm những việc đã đến hạn, mở hồ sơ định kỳ, gửi thông báo."
    ),
    'Show the office\'s time, or move it in a practice office: +3d, +4h, "2026-12-01 08:00".': (
        'Xem giờ của văn phòng, hoặc chỉnh giờ ở văn phòng tập dượt: +3d, +4h, "2026-12-01 08:00".'
    ),
    "Look for what ails the office: worker, outbox, deadlines, calendar, files.": (
        "Khám lỗi của văn phòng: tiến trình theo dõi, hộp thư đi, thời hạn, lịch, tệp."
    ),
    "Prove that history, numbers and files are whole and that every case is what its history says.": (
        "Chứng minh lịch sử, số văn bản và tệp còn nguyên, mỗi hồ sơ đúng như lịch sử của nó."
    ),
    "The database: upgrade it, copy it elsewhere.": "Cơ sở dữ liệu: nâng cấp, chép đi nơi khác.",
    "Copy the whole office into another database, proved on both sides, or nothing of it; end the worker first.": (
        "Chép toàn bộ văn phòng sang cơ sở dữ liệu khác, kiểm chứng cả hai phía, hoặc không chép gì; hãy dừng tiến trình theo dõi trước."
    ),
    "An empty place: sqlite:///FILE or postgresql://USER@HOST/NAME.": "Nơi còn trống: sqlite:///TỆP hoặc postgresql://NGƯỜI_DÙNG@MÁY/TÊN.",
    "Show what would be done; nothing is written.": "Cho xem sẽ làm gì; không ghi gì.",
    "Where its cases are kept; a file in DIR, if left out.": "Nơi giữ dữ liệu; bỏ qua thì là một tệp trong DIR.",
    "The office is new: an empty database is filled.": "Văn phòng mới: điền vào cơ sở dữ liệu trống.",
    "Bring the database's schema up to this program's; make a backup first.": (
        "Nâng lược đồ cơ sở dữ liệu lên bằng chương trình này; hãy sao lưu trước."
    ),
    "What the calendar in the definitions folder lacks, and where it differs from a public list of holidays.": (
        "Lịch trong thư mục quy trình còn thiếu gì, khác danh sách ngày nghỉ công khai ở đâu."
    ),
    "As far as this year (the next).": "Xem đến năm này (mặc định: năm sau).",
    "The country whose public list is looked at (VN).": "Nước có danh sách ngày nghỉ được đối chiếu (VN).",
    "By which decision, for the record.": "Theo quyết định nào, để lưu.",
    "Show which deadlines would move; nothing is written.": "Cho xem thời hạn nào sẽ dời; không ghi gì.",
    "Bring an amended calendar into use: open deadlines move with their reminders; what was met or missed stays.": (
        "Áp dụng lịch sửa đổi: thời hạn đang chạy và các bước nhắc dời theo; hạn đã đạt hay đã lỡ giữ nguyên."
    ),
    # ---- changing procedures ----
    "Procedures in YAML: check them, run their scenarios, bring changes to open cases, help editors with their words.": "Quy trình viết bằng YAML: kiểm tra, chạy kịch bản, đưa thay đổi vào hồ sơ đang mở, giúp trình soạn thảo.",
    "What differs between two versions: a version's first letters, a procedure (its version in use), or 'files' (the folder).": "Hai phiên bản khác nhau ở đâu: các chữ đầu của phiên bản, một quy trình (phiên bản đang áp dụng), hoặc 'files' (thư mục definitions).",
    "The versions of procedures: when each came into use, by whom, why, and how many cases obey it.": "Các phiên bản của quy trình: áp dụng từ khi nào, ai đưa vào, vì sao, bao nhiêu hồ sơ theo.",
    # ---- pictures ----
    "svg, html (a page), mermaid or dot.": "svg, html (một trang), mermaid hoặc dot.",
    "With the way that this case went, and where it stands.": "Kèm đường đi của hồ sơ này và nơi nó đang đứng.",
    "Of the definitions folder, not of the version in use.": "Theo thư mục definitions, không theo phiên bản đang áp dụng.",
    "Write it to this file, instead of printing it.": "Ghi vào tệp này, thay vì in ra.",
    "A picture of a procedure: states, actions, roles, deadlines, papers; or of the way that a case went through it.": "Sơ đồ quy trình: trạng thái, thao tác, vai, thời hạn, văn bản; hoặc đường đi của một hồ sơ.",
    # ---- trying ----
    "Only cases that were opened from this day on.": "Chỉ các hồ sơ mở từ ngày này.",
    "What past cases would have come to under the procedure and the calendar in the folder; nothing is written.": "Các hồ sơ đã qua sẽ ra sao theo quy trình và lịch trong thư mục; không ghi gì.",
    # ---- simulation ----
    "How many cases come.": "Có bao nhiêu hồ sơ đến.",
    "The same seed gives the same run.": "Cùng một số thì kết quả như nhau.",
    "Arrivals, hours, weights, fields, people: a small YAML file.": "Số hồ sơ đến, giờ xử lý, tỷ trọng, giá trị, số người: một tệp YAML nhỏ.",
    "Beside it, a run with one more person in this unit (repeatable).": "Kèm một lần chạy có thêm một người ở đơn vị này (nhắc lại được).",
    "Beside it, a run with every state's deadline so many days longer.": "Kèm một lần chạy mà hạn của mỗi trạng thái dài thêm bấy nhiêu ngày.",
    "Draw it into this file, .svg or .html.": "Vẽ vào tệp này, .svg hoặc .html.",
    "What a procedure would come to with many cases and the office's people: how long, how late, where cases pile up.": "Quy trình sẽ ra sao với nhiều hồ sơ và số người hiện có: mất bao lâu, trễ bao nhiêu, ùn ở đâu.",
    # ---- migration ----
    "To this version (its first letters), if not to the one in use.": "Sang phiên bản này (các chữ đầu), nếu không phải phiên bản đang áp dụng.",
    "Where the cases of a state stand in the new version.": "Hồ sơ ở một trạng thái cũ sẽ đứng ở đâu trong phiên bản mới.",
    "Only cases with this value (or state=, unit=, version=).": "Chỉ hồ sơ có giá trị này (hoặc state=, unit=, version=).",
    "Open deadlines begin anew; what has elapsed counts no more.": "Thời hạn đang mở tính lại từ đầu; thời gian đã qua không tính nữa.",
    "Put cases back that were moved to the version, where nothing came since.": "Trả về các hồ sơ đã chuyển sang phiên bản ấy, nếu từ đó chưa có việc gì.",
    "Show what would become of each case; nothing is written.": "Cho biết từng hồ sơ sẽ ra sao; không ghi gì.",
    "Move the open cases of a procedure to another version of it; run again, it goes on with those that are left.": "Chuyển các hồ sơ đang mở của một quy trình sang phiên bản khác; chạy lại thì làm tiếp những hồ sơ còn lại.",
    # proof
    "A case's whole file: papers, scans, history, table of contents, metadata of Annex VI in XML and JSON, hashes.": (
        "Toàn bộ hồ sơ: văn bản, bản quét, lịch sử, mục lục, dữ liệu theo Phụ lục VI (XML, JSON), mã băm."
    ),
    "A new folder, or a file NAME.zip.": "Thư mục mới, hoặc tệp TÊN.zip.",
    "Save what was written again here.": "Lưu bản viết lại vào đây.",
    "Write an issued paper again from its stored template and facts, and compare every byte with the stored one.": (
        "Viết lại văn bản đã ban hành từ mẫu và dữ liệu đã lưu, so từng byte với bản lưu."
    ),
    "Which paper of the office FILE is, whether it is unchanged, and what has become of that paper.": (
        "FILE là văn bản nào của cơ quan, có bị sửa không, văn bản đó nay thế nào."
    ),
    # registers
    "registers: outgoing, incoming, follow-up, series": "sổ văn bản: đi, đến, theo dõi giải quyết, dãy số",
    "Registers of papers: 'hoso register SERIES' (btg/BC/2026), outgoing, incoming, follow-up, contents; enter papers in them.": (
        "Sổ đăng ký văn bản: 'hoso register SERIES' (btg/BC/2026), đi, đến, theo dõi, mục lục; vào sổ văn bản."
    ),
    "Write it to this file: .xlsx, .docx, .pdf or .csv.": "Ghi ra tệp này: .xlsx, .docx, .pdf hoặc .csv.",
    "Write over a file that is there.": "Ghi đè tệp đã có.",
    "Lines of a volume (all in one, if left out).": "Số dòng một quyển (bỏ trống: một quyển).",
    "Which volume.": "Quyển số mấy.",
    "In Vietnamese order of this column.": "Xếp theo thứ tự tiếng Việt của cột này.",
    "Only lines with these words; marks may be left out.": "Chỉ dòng có các từ này; gõ không dấu cũng được.",
    "Of this year (the present one, if left out).": "Của năm này (bỏ trống: năm nay).",
    "The papers that BODY issued, with void ones and numbers reserved for papers written elsewhere.": (
        "Văn bản đi của BODY, kể cả văn bản đã hủy và số giữ cho văn bản soạn ngoài chương trình."
    ),
    "The papers that came in to BODY.": "Văn bản đến của BODY.",
    "How the papers that came in to BODY are being handled.": "Tình hình giải quyết văn bản đến của BODY.",
    "The table of contents of a case's file.": "Mục lục văn bản trong hồ sơ.",
    "The papers of one series; without one, every series with its last number.": (
        "Văn bản của một dãy số; bỏ trống: mọi dãy số và số cuối cùng."
    ),
    "Register a paper that came in to BODY; one that came before is warned of.": "Vào sổ văn bản đến của BODY; văn bản trùng được nhắc.",
    "The body that issued it.": "Cơ quan ban hành.",
    "Its number and symbol, as 45/BC-UBND.": "Số, ký hiệu, như 45/BC-UBND.",
    "The day that it bears.": "Ngày của văn bản.",
    "Its type and what it is about.": "Tên loại và trích yếu.",
    "The unit or person that handles it.": "Đơn vị hoặc người nhận.",
    "Until when.": "Thời hạn giải quyết.",
    "The case that it belongs to.": "Hồ sơ của văn bản.",
    "Open a case of this process for it.": "Mở hồ sơ theo quy trình này.",
    "Seen by its handler and by whoever keeps the registers.": "Chỉ người nhận và người giữ sổ được xem.",
    "Fill a field of the new case (repeatable).": "Nhập một thông tin của hồ sơ mới (lặp lại được).",
    "Its scan (repeatable).": "Bản quét (lặp lại được).",
    "A note for the register.": "Ghi chú vào sổ.",
    "Say how the handling of incoming paper NUMBER goes on.": "Ghi tiến độ giải quyết văn bản đến số NUMBER.",
    "How far it is.": "Tiến độ giải quyết.",
    "Number and symbol of the answer.": "Số, ký hiệu văn bản trả lời.",
    "Take the next numbers of BODY's series of TYPE for papers written outside of the program, with a note.": (
        "Giữ các số tiếp theo của BODY, loại TYPE, cho văn bản soạn ngoài chương trình, ghi rõ lý do."
    ),
    "How many.": "Bao nhiêu số.",
    "Of the series of secret papers.": "Trong dãy số văn bản mật.",
    "Enter the paper that bears a reserved number of SERIES.": "Vào sổ văn bản mang số đã giữ của SERIES.",
    "Its number and symbol as printed.": "Số, ký hiệu như trên văn bản.",
    "Who signed it.": "Người ký.",
    "To whom it went.": "Nơi nhận.",
    "Who keeps the archived copy.": "Đơn vị, người nhận bản lưu.",
    "How many copies.": "Số lượng bản.",
    "No paper bears this number; with a note.": "Không văn bản nào mang số này; ghi rõ lý do.",
    "Close BODY's series whose period is over, or all of a body that ended, and print the certificate.": (
        "Khóa các dãy số đã hết kỳ của BODY (hoặc mọi dãy số, nếu BODY đã kết thúc) và in xác nhận."
    ),
    # ---- scenarios ----
    "Tell which states, actions, branches and rungs none of them reaches.": "Cho biết trạng thái, thao tác, nhánh rẽ, bước nhắc hạn nào chưa kịch bản nào chạm tới.",
    "Fail if less than this much is covered.": "Báo lỗi nếu độ phủ thấp hơn mức này.",
    "Write the results as JUnit XML, for build servers.": "Ghi kết quả dạng JUnit XML, cho máy chủ kiểm thử.",
    "Write a scenario from what really happened to a case, and play it.": "Viết kịch bản từ những gì đã xảy ra với một hồ sơ, rồi chạy thử.",
    "Write it to this file; - prints it (a file of the procedure's scenarios).": "Ghi vào tệp này; - thì in ra (mặc định: một tệp trong thư mục kịch bản của quy trình).",
    "Dispose of them, by this decision.": "Hủy nội dung các hồ sơ đó, theo quyết định này.",
    "Do it once, however often the command is run.": "Chỉ làm một lần, dù lệnh được chạy bao nhiêu lần.",
    "List the closed cases whose retention has ended; with --decision and --reason, remove their contents.": "Liệt kê các hồ sơ đã đóng hết thời hạn bảo quản; có --decision và --reason thì hủy nội dung của chúng.",
    "List those whose retention ends before this day, too.": "Liệt kê cả những hồ sơ hết hạn bảo quản trước ngày này.",
    "Only show what would be done.": "Chỉ cho xem sẽ làm gì.",
    "remove what need not be kept any more, by a decision": "hủy những gì không phải lưu nữa, theo quyết định",
}
"""English help text → Vietnamese; a test holds that nothing is missing."""
