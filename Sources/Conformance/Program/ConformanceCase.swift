/// One conformance case: a requirement, what provokes it, and what is acceptable.
public struct ConformanceCase: Sendable, Equatable, CustomStringConvertible {
  /// The stable id, such as `ws/framing/text/length-126`; never reused.
  public let id: String
  /// The id of the same case in Autobahn|Testsuite, such as `1.1.3`.
  public let autobahnID: String?
  /// The case in a few words.
  public let title: String
  /// What the case finds out, in a sentence.
  public let purpose: String
  /// The requirement under test.
  public let requirement: Requirement
  /// What is sent.
  public let program: Program
  /// What is acceptable.
  public let expectation: Expectation
  /// Whether the time the case takes is part of its result; such a case never runs beside others.
  public let isTimed: Bool

  /// Creates a case.
  public init(
    id: String, autobahnID: String?, title: String, purpose: String, requirement: Requirement, program: Program,
    expectation: Expectation, isTimed: Bool = false
  ) {
    self.id = id
    self.autobahnID = autobahnID
    self.title = title
    self.purpose = purpose
    self.requirement = requirement
    self.program = program
    self.expectation = expectation
    self.isTimed = isTimed
  }

  /// The id.
  public var description: String { id }
}
