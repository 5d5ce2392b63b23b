/// Looks at one thing.
protocol DoctorCheck: Sendable {
    /// - Returns: a finding for each thing of the kind; none where there is nothing worth a line.
    func findings(_ system: DoctorSystem) -> [Finding]
}
