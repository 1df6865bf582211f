using System.Net;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Integrations.Billing;
using UserManagement.Integrations.Dns;
using UserManagement.Integrations.Mail;
using UserManagement.Integrations.Webhooks;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Plans;

namespace UserManagement.Integrations;

/// <summary>Registers what reaches outward.</summary>
public static class IntegrationsRoom
{
    /// <summary>Registers the mail transport that the settings name, and the consumers of the outbox; needs a <see cref="Membership.Webhooks.WebhookPost"/>
    /// and a <see cref="Membership.Webhooks.SecurityEventSigner"/>.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="mail">How mail leaves.</param>
    /// <param name="nameServer">The name server to ask; null for those of this machine.</param>
    /// <param name="stripe">The billing provider; null for none.</param>
    public static IServiceCollection AddIntegrations(
        this IServiceCollection services,
        MailSettings mail,
        IPEndPoint? nameServer = null,
        StripeSettings? stripe = null
    )
    {
        if (stripe is not null)
        {
            services.AddSingleton(stripe).AddSingleton<IBilling, StripeBilling>();
        }

        services.AddSingleton<DomainRecords>(new TextRecords(nameServer).AskAsync);
        services.AddSingleton(mail);
        if (mail.SmtpHost is null)
        {
            services.AddSingleton<IMailTransport, FolderTransport>();
        }
        else
        {
            services.AddSingleton<IMailTransport, SmtpTransport>();
        }

        services.AddSingleton<IMailProbe, MailProbe>();
        services.AddSingleton<IOutboxConsumer, InvitationMail>();
        services.AddSingleton<IOutboxConsumer, InvitationReminderMail>();
        services.AddSingleton<IOutboxConsumer, CorrectionMail>();
        services.AddSingleton<IOutboxConsumer, PortalLinkMail>();
        services.AddSingleton<IOutboxConsumer, PasswordResetMail>();
        services.AddSingleton<IOutboxConsumer, JoinProofMail>();
        services.AddSingleton<IOutboxConsumer, JoinRequestMail>();
        services.AddSingleton<IOutboxConsumer, JoinRejectedMail>();
        services.AddSingleton<IOutboxConsumer, SeatGivenMail>();
        services.AddSingleton<IOutboxConsumer, TermMail>();
        services.AddSingleton<IOutboxConsumer, ApprovalMail>();
        services.AddSingleton<IOutboxConsumer, SeatsGivenMail>();
        services.AddSingleton<IOutboxConsumer, SeatsFreeMail>();
        services.AddSingleton<IOutboxConsumer, SeatsWantedMail>();
        services.AddSingleton<IOutboxConsumer, ReviewReminderMail>();
        services.AddSingleton<IOutboxConsumer, DirectoryMail>();
        services.AddSingleton<SecurityEventToken>();
        services.AddSingleton<IOutboxConsumer, SendWebhook>();
        return services;
    }
}
