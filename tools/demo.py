"""The main job from end to end, in a new folder that is kept: a practice office, an incident, a consultation, a report.

It types the commands that staff type, one after the other, and prints each as `$ hoso …` with its output, so that it
is a tutorial too. All of them run in this one Python process, through the very command (`cli.hoso`) that the program
`hoso` is, with the same arguments: starting Python for each would take longer than the work. A command that fails, or
does not end as the story says, ends the demo with exit code 1.
"""

import os
import shlex
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import cli

INCIDENT, OPINION, REPORT = "001/2026-VV", "001/2026-TV", "01/2026-BCN"
DRAFT = "NGHỊ QUYẾT\nvề hỗ trợ thiết chế văn hóa cơ sở\n\nĐiều 1. Phạm vi điều chỉnh …\n"


def say(text: str) -> None:
    """A line of the story."""
    print(f"\n\033[1m# {text}\033[0m" if sys.stdout.isatty() else f"\n# {text}", flush=True)


def hoso(command: str, *, ends: int = 0) -> None:
    """Run one command as it would be typed; `ends` is the exit code that it must have."""
    print(f"\n$ hoso {command}", flush=True)
    code = cli.hoso.main(shlex.split(command), standalone_mode=False)
    if code != ends:
        sys.exit(f"demo: 'hoso {command}' ended with exit code {code}, not {ends}")


def set_up(folder: Path) -> None:
    say("Một văn phòng tập dượt: đồng hồ của nó chỉnh được.")
    hoso(f"init {folder} --practice")
    print(f"\n$ cd {folder}")
    os.chdir(folder)
    hoso("clock '2026-11-20 09:00'")
    hoso("deploy --why 'Dùng thử'")
    Path("du-thao.txt").write_text(DRAFT, encoding="utf-8")


def incident_comes_in() -> None:
    say("Thứ sáu 20/11: văn thư tiếp nhận một vụ việc phức tạp, nhạy cảm.")
    hoso(
        "open incident --as clerk.btg --set commune='Nam Giang' --set area='môi trường'"
        " --set issue='Người dân phản ánh mùi khó chịu từ cơ sở tái chế gần khu dân cư'"
    )
    hoso(f"show {INCIDENT} --as specialist.btg")
    say("Người mở hồ sơ không tự phân loại được, và được cho biết vì sao.")
    hoso(f"why {INCIDENT} screen --as clerk.btg")
    hoso(f"do {INCIDENT} screen --as clerk.btg --note 'Tự phân loại'", ends=3)


def opinion_is_asked() -> None:
    say("Cùng ngày: Văn phòng đề nghị lấy ý kiến năm nơi về một dự thảo nghị quyết.")
    hoso(
        "open opinion --as clerk.vp --set draft_title='Nghị quyết về hỗ trợ thiết chế văn hóa cơ sở' --set draft=@du-thao.txt"
        " --set session_date=25/12/2026 --set drafter=phong-vhtt --set consulted=btg,phong-tu-phap,mttq,xa-nam-giang,xa-nam-cuong"
    )
    hoso(f"do {OPINION} ask --as leader.tt-hdnd --dry-run")
    hoso(f"do {OPINION} ask --as leader.tt-hdnd")
    hoso(
        f"reply {OPINION} amend --unit btg --as leader.btg --set 'points=Điều 3 | | Bổ sung nội dung tuyên truyền' --note 'Cơ bản nhất trí'"
    )
    hoso(f"reply {OPINION} agree --unit xa-nam-giang --as leader.xa-nam-giang")


def time_passes() -> None:
    say("Thứ hai 23/11, ngày cuối của hạn phân loại: chưa ai làm, máy nhắc người xử lý.")
    hoso("clock +3d")
    hoso("clock +3h")
    hoso("tick")
    say("Thứ tư 25/11 (24/11 là ngày nghỉ): đã quá hạn, máy ra thông báo quá hạn.")
    hoso("clock +2d")
    hoso("tick")
    hoso("overdue --as leader.btg")
    hoso(f"notices {INCIDENT} --as leader.btg")
    say("Thứ năm 26/11: báo cấp trên. Thứ hai 30/11: chuyển lãnh đạo trực tiếp xử lý.")
    hoso("clock '2026-11-26 08:00'")
    hoso("tick")
    hoso(f"reply {OPINION} reject --unit phong-tu-phap --as leader.phong-tu-phap --set 'points=Điều 5, khoản 2 | | Trái thẩm quyền'")
    hoso("clock '2026-11-30 08:00'")
    hoso("tick")
    hoso("inbox --as leader.btg")


def incident_is_handled() -> None:
    say("Lãnh đạo Ban phân loại, đánh giá, lập phương án; hai bên thống nhất, trình Ban Thường vụ.")
    hoso(f"do {INCIDENT} screen --as leader.btg --note 'Lãnh đạo Ban trực tiếp xử lý'")
    hoso(f"do {INCIDENT} assess --as leader.btg --set facts='Kết luận kiểm tra của cơ quan chuyên môn ngày 19/11/2026'")
    hoso(f"do {INCIDENT} draft_plan --as leader.btg --set plan='Thông tin chính thức trên đài truyền thanh xã trong ba ngày'")
    hoso(f"do {INCIDENT} agree --as leader.tt-hdnd")
    hoso(f"do {INCIDENT} submit --as leader.btg")


def opinion_is_collated() -> None:
    say("Ngày 30/11 xã Nam Cường mới trả lời: muộn, nhưng vẫn được ghi. Mặt trận không trả lời: coi như đồng ý.")
    hoso(f"reply {OPINION} amend --unit xa-nam-cuong --as leader.xa-nam-cuong --set 'points=Điều 2 | | Thêm mức hỗ trợ cho xã'")
    say("Ngày 01/12: đủ ý kiến, hồ sơ tự chuyển sang tổng hợp; hồ sơ báo cáo năm tự mở theo kỳ.")
    hoso("clock '2026-12-01 08:00'")
    hoso("tick")
    hoso(f"show {OPINION} --as specialist.vp")
    hoso(
        f"do {OPINION} explain --as leader.phong-vhtt --set 'points=Điều 3 | btg | Bổ sung nội dung tuyên truyền | Tiếp thu"
        ";;Điều 5, khoản 2 | phong-tu-phap | Trái thẩm quyền | Tiếp thu, bỏ khoản 2"
        ";;Điều 2 | xa-nam-cuong | Thêm mức hỗ trợ cho xã | Giải trình sau'"
    )
    hoso(f"do {OPINION} sign --as leader.tt-hdnd")
    hoso(f"do {OPINION} issue --as clerk.vp")
    hoso(f"do {OPINION} close --as clerk.vp")


def report_is_written() -> None:
    say("Báo cáo năm: ba đơn vị được yêu cầu số liệu; thị trấn chậm, máy nhắc rồi báo người đứng đầu.")
    hoso(f"do {REPORT} request_data --as leader.btg")
    hoso(f"reply {REPORT} --unit tt-hdnd --as clerk.tt-hdnd --set held=6 --set incidents=2")
    hoso(f"reply {REPORT} --unit vp --as clerk.vp --set held=9 --set incidents=1 --set remarks='Phối hợp tốt'")
    hoso("clock '2026-12-10 08:00'")
    hoso("tick")
    hoso(f"do {INCIDENT} approve --as leader.btv --set decision='Đồng ý phương án; giao Ban Tuyên giáo theo dõi'")
    hoso("clock '2026-12-16 08:00'")
    hoso("tick")
    hoso("overdue --as leader.btg")
    hoso(f"do {REPORT} go_on_without --as leader.btg --note 'Thị trấn sẽ bổ sung sau'")
    hoso(f"do {REPORT} consolidate --as specialist.btg --set total_held=15 --set total_incidents=3")
    hoso(f"do {REPORT} agree --as leader.tt-hdnd")
    hoso(f"do {REPORT} sign --as leader.btg")
    hoso(f"do {REPORT} send --as clerk.btg")
    say("Vụ việc kết thúc.")
    hoso(f"do {INCIDENT} close --as leader.btg --set result='Cơ sở đã khắc phục; nhân dân đồng tình'")


def look_back(folder: Path) -> None:
    say("Nhìn lại: việc đang chờ, lịch sử một hồ sơ, các thời hạn, thông báo, văn bản.")
    hoso("tick")
    hoso("inbox --as clerk.btg")
    hoso(f"history {INCIDENT} --as leader.btg")
    hoso(f"deadline list {INCIDENT} --as leader.btg")
    hoso(f"deadline explain {REPORT} --as leader.btg")
    hoso(f"notices {OPINION} --as leader.tt-hdnd")
    hoso(f"docs {OPINION} --as leader.tt-hdnd")
    hoso(f"doc text {INCIDENT} final_report --as leader.btg")
    for case, person in ((INCIDENT, "leader.btg"), (OPINION, "leader.tt-hdnd"), (REPORT, "leader.btg")):
        hoso(f"doc save {case} --to van-ban --as {person}")
    hoso("verify")
    letters = sorted((folder / "var/outbox").glob("*.eml"))
    print(f"\n# {len(letters)} thư báo trong {folder / 'var/outbox'}, văn bản trong {folder / 'van-ban'}")


def main() -> None:
    began = time.perf_counter()
    os.umask(0o077)
    folder = Path(tempfile.mkdtemp(prefix="hoso-demo-")) / "van-phong"
    set_up(folder)
    incident_comes_in()
    opinion_is_asked()
    time_passes()
    incident_is_handled()
    opinion_is_collated()
    report_is_written()
    look_back(folder)
    print(f"# Xong sau {time.perf_counter() - began:.1f} giây. Thư mục được giữ lại: cd {folder}")


if __name__ == "__main__":
    main()
