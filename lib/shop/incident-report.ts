export { incidentReport } from '../../services/contracts/http/operations/incident-report.ts';
