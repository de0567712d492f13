import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { inject, provideBrowserGlobalErrorListeners, type ApplicationConfig } from '@angular/core';
import { provideRouter, withComponentInputBinding, withNavigationErrorHandler, withRouterConfig } from '@angular/router';
import { ROUTES } from './app.routes.ts';
import { authInterceptor } from './session/auth-interceptor.ts';
import { LoadFault } from './session/load-fault.ts';

export const APP_CONFIG: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideHttpClient(withInterceptors([authInterceptor])),
    provideRouter(
      ROUTES,
      withComponentInputBinding(),
      withNavigationErrorHandler((error) => inject(LoadFault).happened(error)),
      withRouterConfig({ paramsInheritanceStrategy: 'always', resolveNavigationPromiseOnError: true }),
    ),
  ],
};
