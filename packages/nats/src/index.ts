export { connectNatsBus, type NatsBusOptions } from './bus.ts'
export { connectNatsIntake, type NatsIntake, type NatsIntakeOptions } from './intake.ts'
export type { NatsOptions } from './options.ts'
export { type IntakePublisher, type PublishIntakeOptions, publishIntake } from './publish-intake.ts'
