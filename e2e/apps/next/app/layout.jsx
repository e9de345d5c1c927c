// Without an icon the browser asks for /favicon.ico, and the console has an error that means nothing.
export const metadata = { title: 'Next.js', icons: { icon: 'data:,' } }

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  )
}
