import { incidentReport as writeReport } from '../../services/contracts/http/operations/incident-report.ts';

/** The post-mortem of an incident, line for line as the console writes it, for the command that prints it. */
export const incidentReport: typeof writeReport = (incident, timeline) => writeReport(incident, timeline);
