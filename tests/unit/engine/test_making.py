from tests.unit.engine.making import Book

SAMPLE = """
fields: {topic: {type: text, title: Chủ đề, required: true}}
roles: {worker: {unit: office, position: specialist}, boss: {unit: office, position: leader}, handler: {assigned: handler}}
documents: {report: {type: BC, title: "Báo cáo {{ case.number }}", body: r.j2, issuer: office, signer: boss, recipients: boss}}
ladder: [{at: 1 working day before due, notifies: handler}, {at: due, notifies: boss}]
starts: {open: {by: worker, form: topic, assigns: {handler: worker}, to: begun}}
states:
  begun: {due: 2 working days, actions: {finish: {by: handler, issues: report, to: done}}}
  done: {final: done}
"""


def test_a_case_is_carried_from_opening_to_its_report():
    book = Book(SAMPLE, {"r.j2": "Về {{ fields.topic }}"})
    assert book.open(topic="Mùi").case.state == "begun"
    file = book.do("finish")
    assert (file.case.outcome, file.documents[0].symbol, file.documents[0].facts["fields"]["topic"]) == ("done", "01-BC/BTG", "Mùi")
