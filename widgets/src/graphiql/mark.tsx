// The coin: one ring with a short gap at the upper right. The same path as app/web/templates.

export function Mark() {
  return (
    <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
      <path
        d="M14.74 4.48 A8 8 0 1 0 19.52 9.26"
        fill="none"
        stroke="currentColor"
        strokeWidth="3"
        strokeLinecap="round"
      />
    </svg>
  );
}
