using Microsoft.Extensions.DependencyInjection;
using UserManagement.Integrations.Mail;
using UserManagement.Membership.Outbox;

namespace UserManagement.Integrations;

/// <summary>Registers what reaches outward.</summary>
public static class IntegrationsRoom
{
    /// <summary>Registers the mail transport that the settings name, and the consumers of the outbox.</summary>
    public static IServiceCollection AddIntegrations(this IServiceCollection services, MailSettings mail)
    {
        services.AddSingleton(mail);
        if (mail.SmtpHost is null)
        {
            services.AddSingleton<IMailTransport, FolderTransport>();
        }
        else
        {
            services.AddSingleton<IMailTransport, SmtpTransport>();
        }

        services.AddSingleton<IOutboxConsumer, InvitationMail>();
        services.AddSingleton<IOutboxConsumer, CorrectionMail>();
        services.AddSingleton<IOutboxConsumer, PasswordResetMail>();
        return services;
    }
}
