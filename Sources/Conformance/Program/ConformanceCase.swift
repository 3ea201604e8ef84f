/// One conformance case: a requirement, what provokes it, and what is acceptable.
public struct ConformanceCase: Sendable, Equatable, CustomStringConvertible {
  /// What is sent and what is acceptable, by protocol.
  public enum Script: Sendable, Equatable {
    /// Over a WebSocket connection.
    case webSocket(Program, Expectation)
    /// To an HTTP server.
    case http(HTTPProgram, HTTPExpectation)
  }

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
  /// What is sent and what is acceptable.
  public let script: Script
  /// Whether the time the case takes is part of its result; such a case never runs beside others.
  public let isTimed: Bool

  /// Creates a case for a WebSocket connection.
  public init(
    id: String, autobahnID: String?, title: String, purpose: String, requirement: Requirement, program: Program,
    expectation: Expectation, isTimed: Bool = false
  ) {
    self.init(
      id: id, autobahnID: autobahnID, title: title, purpose: purpose, requirement: requirement,
      script: .webSocket(program, expectation), isTimed: isTimed)
  }

  /// Creates a case.
  public init(
    id: String, autobahnID: String? = nil, title: String, purpose: String, requirement: Requirement, script: Script,
    isTimed: Bool = false
  ) {
    self.id = id
    self.autobahnID = autobahnID
    self.title = title
    self.purpose = purpose
    self.requirement = requirement
    self.script = script
    self.isTimed = isTimed
  }

  /// What is sent over a WebSocket connection; in a case of another protocol nothing.
  public var program: Program {
    if case .webSocket(let program, _) = script { program } else { Program([]) }
  }

  /// What is acceptable over a WebSocket connection; in a case of another protocol whatever happens.
  public var expectation: Expectation {
    if case .webSocket(_, let expectation) = script { expectation } else { Expectation([], ending: .recorded) }
  }

  /// What is sent, in words, one line for each step.
  public var programWords: [String] {
    switch script {
    case .webSocket(let program, _): program.words
    case .http(let program, _): program.words
    }
  }

  /// What is acceptable, in words.
  public var expectationWords: [String] {
    switch script {
    case .webSocket(_, let expectation): expectation.words
    case .http(_, let expectation): expectation.words
    }
  }

  /// The id.
  public var description: String { id }
}
