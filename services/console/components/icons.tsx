/** Pictures of a few strokes, drawn in the colour of the text around them. */
import { Icon } from '../../site-kit/components/icon.tsx';

export const OrdersIcon = () => (
  <Icon>
    <path d="M6 3.5h12v17l-3-2-3 2-3-2-3 2z" />
    <path d="M9.5 8.5h5m-5 4h5" />
  </Icon>
);
export const StockIcon = () => (
  <Icon>
    <path d="m4 8 8-4 8 4v8l-8 4-8-4z" />
    <path d="m4 8 8 4 8-4m-8 4v8" />
  </Icon>
);
export const BooksIcon = () => (
  <Icon>
    <path d="M12 4v16M6 20h12M5 7l7-1.5L19 7" />
    <path d="m5 7-2.5 6h5zm14 0-2.5 6h5z" />
  </Icon>
);
export const AnalyticsIcon = () => (
  <Icon>
    <path d="M4 4v16h16" />
    <path d="m7.5 15 4-5 3.5 3 4.5-6.5" />
  </Icon>
);
export const StaffIcon = () => (
  <Icon>
    <circle cx="9" cy="9" r="3" />
    <path d="M3.5 19c.6-3.2 2.7-4.8 5.5-4.8s4.9 1.6 5.5 4.8" />
    <path d="M15.5 6.4a3 3 0 0 1 0 5.2m2 2.9c1.7.7 2.7 2.2 3 4.5" />
  </Icon>
);
export const MapIcon = () => (
  <Icon>
    <rect x="3.5" y="9" width="6" height="6" rx="1.5" />
    <rect x="15" y="3.5" width="5.5" height="5.5" rx="1.5" />
    <rect x="15" y="15" width="5.5" height="5.5" rx="1.5" />
    <path d="M9.5 12h2.5V6.2h3M12 12v5.8h3" />
  </Icon>
);
export const PipelinesIcon = () => (
  <Icon>
    <path d="M3.5 7.5h9a4 4 0 0 1 4 4v1a4 4 0 0 0 4 4" />
    <path d="M3.5 16.5h5m9-9h3" />
  </Icon>
);
export const LettersIcon = () => (
  <Icon>
    <rect x="3.5" y="5.5" width="17" height="13" rx="2" />
    <path d="m4 7 8 6 8-6" />
  </Icon>
);
export const ActsIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 7v5l3.5 2" />
  </Icon>
);
export const LagIcon = () => (
  <Icon>
    <path d="M4 18.5h16M6 15V9m5 6V5m5 10v-3" />
  </Icon>
);
export const IncidentsIcon = () => (
  <Icon>
    <path d="M12 4 3.5 19h17z" />
    <path d="M12 10v4m0 2.5v.1" />
  </Icon>
);
export const MaintenanceIcon = () => (
  <Icon>
    <rect x="4" y="5.5" width="16" height="14.5" rx="2" />
    <path d="M4 10h16M8.5 3.5v4m7-4v4" />
  </Icon>
);
export const DatabasesIcon = () => (
  <Icon>
    <ellipse cx="12" cy="6.5" rx="7.5" ry="3" />
    <path d="M4.5 6.5v11c0 1.7 3.4 3 7.5 3s7.5-1.3 7.5-3v-11m-15 5.5c0 1.7 3.4 3 7.5 3s7.5-1.3 7.5-3" />
  </Icon>
);
export const CacheIcon = () => (
  <Icon>
    <path d="M13 3.5 5.5 13.5h6l-.5 7 7.5-10h-6z" />
  </Icon>
);
export const LawsIcon = () => (
  <Icon>
    <path d="M12 3.5 5 6v5.5c0 4.3 3 7.5 7 9 4-1.5 7-4.7 7-9V6zm-3 8.5 2.2 2.2L15.5 10" />
  </Icon>
);
