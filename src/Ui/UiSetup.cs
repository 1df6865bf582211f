using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace UserManagement.Ui;

/// <summary>What a host registers so that pages can be rendered.</summary>
public static class UiSetup
{
    /// <summary>Name of the antiforgery cookie.</summary>
    public const string AntiforgeryCookie = "__Host-um-form";

    /// <summary>
    /// Registers component rendering and antiforgery. The antiforgery cookie is <c>__Host-</c>, Secure, HttpOnly and
    /// SameSite=Lax; browsers accept that over plain http on localhost too. The frame header is left to
    /// <see cref="UiHeaders"/>. The host calls <c>UseAntiforgery()</c> after routing and sign-in.
    /// </summary>
    public static IServiceCollection AddUi(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddAntiforgery(options =>
        {
            options.Cookie = new AlwaysSecureCookie
            {
                Name = AntiforgeryCookie,
                Path = "/",
                HttpOnly = true,
                // Strict stays away when a link of another site leads here, and the new cookie would spoil the forms that are open
                SameSite = SameSiteMode.Lax,
                IsEssential = true,
            };
            options.SuppressXFrameOptionsHeader = true;
        });
        return services;
    }

    /// <summary>
    /// Antiforgery refuses to work over http once its policy says Always, also on loopback, where browsers do take Secure
    /// cookies. So the policy stays open and the cookie itself is marked.
    /// </summary>
    private sealed class AlwaysSecureCookie : CookieBuilder
    {
        public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
        {
            var options = base.Build(context, expiresFrom);
            options.Secure = true;
            return options;
        }
    }
}
