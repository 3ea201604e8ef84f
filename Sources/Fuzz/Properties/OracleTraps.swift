/// Ends the process over a failure, through a function of its own for each oracle, so that the stacks of findings tell them apart.
func trap(_ failure: OracleFailure) -> Never {
  switch failure.oracle {
  case .splitInvariance: trapSplitInvariance(failure)
  case .progress: trapProgress(failure)
  case .stickyError: trapStickyError(failure)
  case .silenceAfterEnd: trapSilenceAfterEnd(failure)
  case .boundedMemory: trapBoundedMemory(failure)
  case .model: trapModel(failure)
  case .agreement: trapAgreement(failure)
  case .roundTrip: trapRoundTrip(failure)
  case .wireForm: trapWireForm(failure)
  case .injection: trapInjection(failure)
  case .smuggling: trapSmuggling(failure)
  case .planted: trapPlanted(failure)
  }
}

@inline(never) private func trapSplitInvariance(_ failure: OracleFailure) -> Never { fatalError(failure.description) }
@inline(never) private func trapProgress(_ failure: OracleFailure) -> Never { fatalError(failure.description) }
@inline(never) private func trapStickyError(_ failure: OracleFailure) -> Never { fatalError(failure.description) }
@inline(never) private func trapSilenceAfterEnd(_ failure: OracleFailure) -> Never { fatalError(failure.description) }
@inline(never) private func trapBoundedMemory(_ failure: OracleFailure) -> Never { fatalError(failure.description) }
@inline(never) private func trapModel(_ failure: OracleFailure) -> Never { fatalError(failure.description) }
@inline(never) private func trapAgreement(_ failure: OracleFailure) -> Never { fatalError(failure.description) }
@inline(never) private func trapRoundTrip(_ failure: OracleFailure) -> Never { fatalError(failure.description) }
@inline(never) private func trapWireForm(_ failure: OracleFailure) -> Never { fatalError(failure.description) }
@inline(never) private func trapInjection(_ failure: OracleFailure) -> Never { fatalError(failure.description) }
@inline(never) private func trapSmuggling(_ failure: OracleFailure) -> Never { fatalError(failure.description) }
@inline(never) private func trapPlanted(_ failure: OracleFailure) -> Never { fatalError(failure.description) }
