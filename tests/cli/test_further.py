"""Besides the actions, from the command line."""


def test_comment_edit_assign_extend_pause_resume_recall_correct(typed):
    case = typed.incident()
    assert "Trạng thái: Tiếp nhận" in typed.out(f"comment {case} --as clerk.btg --note 'Đã gọi điện'")
    typed.out(f"edit {case} --as specialist.btg --set urgency=urgent")
    typed.out(f"assign {case} handler clerk.btg --as leader.btg --note Bận")
    extended = typed.json(f"extend {case} due '1 working day' --as leader.btg --note 'Việc khó'")
    assert [one["name"] for one in extended["deadlines"]] == ["due"]
    typed.out(f"pause {case} --as leader.btg --note Chờ")
    assert "Tạm dừng" in typed.out(f"show {case} --as leader.btg")
    typed.out(f"resume {case} --as leader.btg")
    typed.out(f"recall {case} --as leader.btg")
    typed.out(f"correct {case} 1 --as leader.btg --set 'commune=Nam Cường' --note 'Ghi sai xã'")
    assert "Nam Cường" in typed.out(f"show {case} --as leader.btg")
    assert len(typed.json(f"history {case} --as leader.btg")) == 9


def test_what_is_wrong_is_told_with_the_way_out(typed):
    case = typed.incident()
    assert "--note" in typed(f"comment {case} --as clerk.btg", code=3).stderr
    assert "hạn" in typed(f"extend {case} duee '1 day' --as leader.btg --note x", code=4).stderr
    assert "working days" in typed(f"extend {case} due lâu --as leader.btg --note x", code=2).stderr
    assert "không tạm dừng" in typed(f"resume {case} --as leader.btg", code=3).stderr
    assert "mở hồ sơ" in typed(f"recall {case} --as clerk.btg", code=3).stderr


def test_show_says_what_else_one_may_do(typed):
    case = typed.incident()
    assert "Bạn còn được" in typed.out(f"show {case} --as specialist.btg")
    assert "edit (sửa: urgency)" in typed.out(f"show {case} --as specialist.btg")
