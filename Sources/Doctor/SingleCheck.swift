/// A check that has one thing to say, or nothing.
protocol SingleCheck: DoctorCheck {
    func finding(_ system: DoctorSystem) -> Finding?
}

extension SingleCheck {
    func findings(_ system: DoctorSystem) -> [Finding] { finding(system).map { [$0] } ?? [] }
}
