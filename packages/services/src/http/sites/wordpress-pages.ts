import { escapeHtml } from '../apache-pages.ts'
import { parseForm } from '../credentials.ts'
import type { SiteRequest } from '../site.ts'
import type { Blog } from './wordpress-blog.ts'

const utf8 = (text: string) => Buffer.from(text.slice(0, 256), 'latin1').toString('utf8')

function loginError(blog: Blog, root: string, fields: ReadonlyMap<string, string>): string {
  const user = utf8(fields.get('log') ?? '')
  const password = fields.get('pwd') ?? ''
  const lines: string[] = []
  if (user === '') lines.push('<strong>Error:</strong> The username field is empty.')
  if (password === '') lines.push('<strong>Error:</strong> The password field is empty.')
  const lost = `<a href="${root}/wp-login.php?action=lostpassword">Lost your password?</a>`
  if (lines.length === 0)
    lines.push(
      user.toLowerCase() === blog.author
        ? `<strong>Error:</strong> The password you entered for the username <strong>${escapeHtml(user)}</strong> is incorrect. ${lost}`
        : user.includes('@')
          ? '<strong>Error:</strong> Unknown email address. Check again or try your username.'
          : `<strong>Error:</strong> The username <strong>${escapeHtml(user)}</strong> is not registered on this site. If you are unsure of your username, try your email address instead.`,
    )
  return lines.length > 1
    ? `<div id="login_error" class="notice notice-error"><ul class="login-error-list">${lines.map((line) => `<li>${line}</li>`).join('')}</ul></div>`
    : `<div id="login_error" class="notice notice-error"><p>${lines[0] ?? ''}</p></div>`
}

/** /wp-login.php: the form, after a POST with the error that the form's content earns. */
export function loginPage(blog: Blog, root: string, request: SiteRequest): string {
  const fields = new Map(request.method === 'POST' ? parseForm(request.body) : [])
  const back = escapeHtml(utf8(new URLSearchParams(request.query).get('redirect_to') ?? fields.get('redirect_to') ?? `${root}/wp-admin/`))
  const error = request.method === 'POST' ? `${loginError(blog, root, fields)}\n` : ''
  const shown = escapeHtml(utf8(fields.get('log') ?? ''))
  return `<!DOCTYPE html>
	<html lang="en-US">
	<head>
	<meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
	<title>Log In &lsaquo; ${blog.name} &#8212; WordPress</title>
	<meta name='robots' content='max-image-preview:large, noindex, noarchive' />
<style>body{background:#f0f0f1;color:#3c434a;font:13px/1.4 -apple-system,"Segoe UI",Roboto,sans-serif}#login{width:320px;margin:auto;padding:5% 0}#login form{background:#fff;border:1px solid #c3c4c7;padding:26px 24px}.login h1{text-align:center}.login label{display:block;font-size:14px;margin-bottom:3px}.input{width:100%;font-size:24px;margin:0 6px 16px 0;padding:3px 5px;box-sizing:border-box}.button-primary{float:right;background:#2271b1;border:1px solid #2271b1;color:#fff;border-radius:3px;min-height:32px;padding:0 12px}.notice{background:#fff;border-left:4px solid #d63638;padding:12px;margin-bottom:20px}</style>
	<meta name='referrer' content='strict-origin-when-cross-origin' />
		<meta name="viewport" content="width=device-width, initial-scale=1.0" />
		</head>
	<body class="login no-js login-action-login wp-core-ui  locale-en-us">
	<div id="login">
		<h1 role="presentation" class="wp-login-logo"><a href="https://wordpress.org/">Powered by WordPress</a></h1>
	${error}
		<form name="loginform" id="loginform" action="${root}/wp-login.php" method="post">
			<p>
				<label for="user_login">Username or Email Address</label>
				<input type="text" name="log" id="user_login" class="input" value="${shown}" size="20" autocapitalize="off" autocomplete="username" required="required" />
			</p>

			<div class="user-pass-wrap">
				<label for="user_pass">Password</label>
				<div class="wp-pwd">
					<input type="password" name="pwd" id="user_pass" class="input password-input" value="" size="20" autocomplete="current-password" spellcheck="false" required="required" />
				</div>
			</div>
						<p class="forgetmenot"><input name="rememberme" type="checkbox" id="rememberme" value="forever"  /> <label for="rememberme">Remember Me</label></p>
			<p class="submit">
				<input type="submit" name="wp-submit" id="wp-submit" class="button button-primary button-large" value="Log In" />
									<input type="hidden" name="redirect_to" value="${back}" />
									<input type="hidden" name="testcookie" value="1" />
			</p>
		</form>

					<p id="nav">
				<a class="wp-login-lost-password" href="${root}/wp-login.php?action=lostpassword">Lost your password?</a>			</p>
					<p id="backtoblog">
			<a href="${root}/">&larr; Go to ${blog.name}</a>		</p>
			</div>
	</body>
	</html>
	`
}

/** /readme.html, which gives the version away. */
export function readme(blog: Blog): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
	<meta name="viewport" content="width=device-width" />
	<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
	<title>WordPress &#8250; ReadMe</title>
	<link rel="stylesheet" href="wp-admin/css/install.css?ver=20100228" type="text/css" />
</head>
<body>
<h1 id="logo">
	<a href="https://wordpress.org/"><img alt="WordPress" src="wp-admin/images/wordpress-logo.png" /></a>
	<br /> Version ${blog.version.replace(/^(\d+\.\d+)\..*$/u, '$1')}
</h1>
<p style="text-align: center">Semantic Personal Publishing Platform</p>
<h2>System Requirements</h2>
<ul>
	<li><a href="https://www.php.net/">PHP</a> version <strong>7.2.24</strong> or greater.</li>
	<li><a href="https://www.mysql.com/">MySQL</a> version <strong>5.5.5</strong> or greater.</li>
</ul>
</body>
</html>
`
}

export function themeCss(blog: Blog): string {
  return `@charset "UTF-8";
/*
Theme Name: ${blog.theme.replace('twenty', 'Twenty ').replace(/ (\w)/gu, (_, letter: string) => ` ${letter.toUpperCase()}`)}
Author: the WordPress team
License: GNU General Public License v2 or later
Text Domain: ${blog.theme}
*/
body { margin: 0; font-family: -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, Ubuntu, sans-serif; font-size: 18px; line-height: 1.7; color: ${blog.accent}; background: #f6f4ef; }
.site { max-width: 760px; margin: 0 auto; padding: 40px 24px; }
.site-title a { color: inherit; font-size: 28px; font-weight: 700; text-decoration: none; }
.site-description { margin-top: 0; opacity: .75; }
.entry-title a { color: inherit; }
.entry-footer, .site-footer { font-size: 14px; opacity: .8; }
.site-footer { display: flex; justify-content: space-between; border-top: 2px solid currentColor; margin-top: 60px; padding-top: 20px; }
`
}
